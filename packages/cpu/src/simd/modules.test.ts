import { lstmForward } from "@sluice/core/kit";
import { afterEach, expect, test, vi } from "vitest";
import { open } from "../open.ts";

afterEach(() => vi.restoreAllMocks());

test("a second Program of the same structure compiles nothing, whatever it is named", async () => {
  const compile = vi.spyOn(WebAssembly, "compile");
  const program = lstmForward({ steps: 3, batch: 2, input: 3, units: 5 });
  const [first, second] = [await open(), await open()];
  await first.compile(program);
  await second.compile({ ...program, name: "another", slots: program.slots.map((slot) => ({ ...slot, name: "other" })) });
  expect(compile).toHaveBeenCalledTimes(1);
  await first.compile(lstmForward({ steps: 4, batch: 2, input: 3, units: 5 }));
  expect(compile).toHaveBeenCalledTimes(2);
});

test("a module that does not validate is an internal error with the Program's print, and the backend works on", async () => {
  const program = lstmForward({ steps: 5, batch: 2, input: 3, units: 5 });
  const backend = await open();
  vi.spyOn(WebAssembly, "compile").mockRejectedValueOnce(new Error("expected 1 elements on the stack, found 0"));
  await expect(backend.compile(program)).rejects.toThrow(
    expect.objectContaining({
      code: "INTERNAL",
      message: expect.stringMatching(/^internal: cpu.*on the stack.*scan t < 5/s),
    }),
  );
  expect((await backend.compile(program)).executor).toBe("wasm simd f32x4");
});
