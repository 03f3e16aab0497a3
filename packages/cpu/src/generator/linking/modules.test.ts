import { array, compile, max, mean, type Tensor, where } from "@sluice/core";
import { lstmForward } from "@sluice/core/kit";
import { afterEach, expect, test, vi } from "vitest";
import { open } from "../../open.ts";

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

test("Programs that differ in a number that JSON cannot write each get their own module", async () => {
  const backend = await open();
  const limits = [Infinity, -Infinity, NaN, -0, 0];
  const results: number[] = [];
  for (const limit of limits) {
    const run = compile(backend, (x: Tensor) => where(x.greater(0), x, limit));
    results.push((await (await run([-1])).read())[0]!);
  }
  expect(results).toEqual(limits);
  await backend.close();
});

test("the maximum of nothing is −∞ and its mean NaN, whichever was compiled first", async () => {
  const backend = await open();
  const run = compile(backend, (x: Tensor) => ({ most: max(x, 0).mul(x.sum(0).add(1)), mean: mean(x, 0) }));
  const { most, mean: middle } = await run(array(backend, [], { shape: [0, 2] }));
  expect([...(await most.read()), ...(await middle.read())]).toEqual([-Infinity, -Infinity, NaN, NaN]);
  await backend.close();
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
