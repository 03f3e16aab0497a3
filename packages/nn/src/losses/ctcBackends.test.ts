// CTC on every backend that runs here: PyTorch's figures in f64, and in f32 as far as that goes.
import { compile, gradient, type Backend, type Tensor } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import { expect, test } from "vitest";
import { labels, lengths, logits, losses, maskOf, slopes, weights } from "../testing/ctcFigures.ts";
import { ctc } from "./ctc.ts";

const backends: readonly (readonly [name: string, open: () => Promise<Backend>])[] = [
  ["reference", openReference],
  ["cpu", openCpu],
  ["workers", () => openWorkers({ threads: 2, threshold: 0 })],
];

/** The four sequences, and one whose labels do not fit. */
async function measured(backend: Backend, dtype: "f32" | "f64") {
  const typed = (shape: readonly number[], values: readonly number[]) =>
    ({ dtype, shape, data: dtype === "f32" ? Float32Array.from(values) : Float64Array.from(values) }) as const;
  const evaluate = compile(backend, (given: { y: Tensor; z: Tensor; by: Tensor; mask: Tensor }) => {
    const values = ctc.perSample(given.y, given.z, given.mask);
    const counted = ctc({ zeroInfinity: true }).perSample(given.y, given.z, given.mask);
    return { values, slopes: gradient(counted.mul(given.by).sum(), given.z) };
  });
  const found = await evaluate({
    y: { dtype: "i32", shape: [5, 3], data: Int32Array.from([...labels.flat(), 2, 2, 2]) },
    z: typed([5, 6, 5], [...logits.data, ...logits.data.slice(0, 30)]),
    by: typed([5], [...weights, 3]),
    mask: typed([5, 6], [...maskOf([...lengths, 4], 6)]),
  });
  return { values: [...(await found.values.read())], slopes: [...(await found.slopes.read())] };
}

test.each(backends)("on %s losses and slopes are PyTorch's, and labels that do not fit cost infinity and have no slope", async (_, open) => {
  const backend = await open();
  for (const [dtype, within] of [["f64", 1e-9], ["f32", 2e-6]] as const) {
    if (!backend.supports.dtypes.includes(dtype)) continue;
    const found = await measured(backend, dtype);
    losses.forEach((loss, i) => expect(Math.abs(found.values[i]! - loss)).toBeLessThan(within * loss));
    expect(found.values[4]).toBe(Infinity);
    [...slopes, ...Array<number>(30).fill(0)].forEach((slope, i) => expect(Math.abs(found.slopes[i]! - slope)).toBeLessThan(within));
  }
  await backend.close();
}); // prettier-ignore
