import { expect, test } from "vitest";
import { open } from "./open.ts";

test("where there is no WebGL it says so, and why for each mode, and runs nothing else", async () => {
  const error: Error = await open().then(
    () => new Error("it opened"),
    (reason: Error) => reason,
  );
  expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", who: "webgl.open", fix: expect.stringContaining("headlessgl") });
  expect(error.message).toMatch(/webgl2: .+; webgl: .+/);
});
