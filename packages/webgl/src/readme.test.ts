import { expect, onTestFinished, test, vi } from "vitest";
import readme from "../README.md?raw";

test("the example of the README runs and prints what it says", async () => {
  const { default: example } = await import("./testing/example.ts?raw");
  expect(readme).toContain(example.replace('"../open.ts"', '"@sluice/webgl"'));
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  await import("./testing/example.ts");
  expect(log.mock.calls).toEqual([[Float32Array.of(2, 4, 6), "webgl2"]]);
});
