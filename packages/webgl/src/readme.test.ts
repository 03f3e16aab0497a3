import { open as openCpu } from "@sluice/cpu";
import { expect, onTestFinished, test, vi } from "vitest";
import recipe from "../../../docs/recipes/backends.md?raw";
import readme from "../README.md?raw";

test("the example of the README runs and prints what it says", async () => {
  const { default: example } = await import("./testing/example.ts?raw");
  expect(readme).toContain(example.replace('"../open.ts"', '"@sluice/webgl"'));
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  await import("./testing/example.ts");
  expect(log.mock.calls).toEqual([[Float32Array.of(2, 4, 6), "webgl2"]]);
});

test("the page of the recipe for every backend runs on the GPU, with numbers close to the processor's", async () => {
  const blocks = await Promise.all([import("./testing/recipe/train.ts?raw"), import("./testing/recipe/page.ts?raw")]);
  for (const { default: code } of blocks) expect(recipe).toContain(code.replace('"../../open.ts"', '"@sluice/webgl"'));
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  const [{ train }] = await Promise.all([import("./testing/recipe/train.ts"), import("./testing/recipe/page.ts")]);
  const cpu = await openCpu();
  const { loss, predicted } = await train(cpu);
  await cpu.close();
  const close = (value = NaN) => expect.closeTo(value, 4);
  expect(log.mock.calls).toEqual([[{ executor: "gpu.js webgl2", loss: close(loss), predicted: predicted.map(close) }]]);
});
