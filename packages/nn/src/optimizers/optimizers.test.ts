import { array, compile, SluiceError, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { layoutOf } from "../weights/layout.ts";
import { adam, adamW } from "./adam.ts";
import { clipGradient, type Clip } from "./clip.ts";
import type { Optimizer } from "./optimizer.ts";
import { updates } from "../testing/updating.ts";
import { sgd } from "./sgd.ts";

const backend = await open();
const steps = 5;
const length = 3;

const anyVector = fc.array(
  fc.integer({ min: -300, max: 300 }).map((n) => n / 100),
  { minLength: length, maxLength: length },
);
const anyRun = fc.record({ start: anyVector, gradients: fc.array(anyVector, { minLength: steps, maxLength: steps }) });

/** What Keras documents for each, one element at a time in float64. */
const cases: { title: string; optimizer: Optimizer; loop: (w: number, g: readonly number[]) => number }[] = [
  { title: "sgd", optimizer: sgd({ learningRate: 0.1 }), loop: (w, g) => g.reduce((p, d) => p - 0.1 * d, w) },
  { title: "sgd with momentum", optimizer: sgd({ learningRate: 0.1, momentum: 0.8 }), loop: (w, g) => momentum(w, g, false) },
  {
    title: "sgd with Nesterov's momentum",
    optimizer: sgd({ learningRate: 0.1, momentum: 0.8, nesterov: true }),
    loop: (w, g) => momentum(w, g, true),
  },
  {
    title: "sgd on a schedule",
    optimizer: sgd({ learningRate: (step) => 1 / (step + 1) }),
    loop: (w, g) => g.reduce((p, d, t) => p - d / (t + 1), w),
  },
  { title: "adam", optimizer: adam({ learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-4 }), loop: (w, g) => moments(w, g, 0) },
  {
    title: "adamW",
    optimizer: adamW({ learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.1 }),
    loop: (w, g) => moments(w, g, 0.1),
  },
];

for (const { title, optimizer, loop } of cases) {
  test(`${title} takes the steps of a straight loop`, async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ start, gradients }) => {
        const params = await updates(backend, optimizer, start, gradients);
        start.forEach((w, i) =>
          expect(params[i]).toBeCloseTo(
            loop(
              w,
              gradients.map((g) => g[i]!),
            ),
            12,
          ),
        );
      }),
      { numRuns: 20 },
    );
  });
}

function momentum(w: number, gradients: readonly number[], nesterov: boolean): number {
  let v = 0;
  for (const g of gradients) {
    v = 0.8 * v - 0.1 * g;
    w += nesterov ? 0.8 * v - 0.1 * g : v;
  }
  return w;
}

/** The paper's own form, with m̂ and v̂; ε̂ = ε √(1 − β₂ᵗ) makes it Keras's. */
function moments(w: number, gradients: readonly number[], decay: number): number {
  let [m, v] = [0, 0];
  gradients.forEach((g, i) => {
    const t = i + 1;
    m = 0.8 * m + 0.2 * g;
    v = 0.95 * v + 0.05 * g * g;
    const [mean, variance] = [m / (1 - 0.8 ** t), v / (1 - 0.95 ** t)];
    w -= w * 0.05 * decay;
    w -= (0.05 * mean) / (Math.sqrt(variance) + 1e-4 / Math.sqrt(1 - 0.95 ** t));
  });
  return w;
}

const layout = layoutOf({ a: { axes: { units: 2 }, init: "zeros" }, b: { axes: { units: 1 }, init: "zeros" } });
const [a, b] = [layout.entries["a"]!.offset, layout.entries["b"]!.offset];

test("clipNorm shortens each weight's gradient by itself, globalClipNorm all together, clipValue each element", async () => {
  const flat = new Float64Array(layout.length);
  flat.set([3, 4], a);
  flat.set([0.5], b);
  const clipped = async (clip: Clip) => {
    const shorten = compile(backend, (g: Tensor) => clipGradient(g, clip, layout));
    const result = await (await shorten(array(backend, flat))).read();
    return [result[a]!, result[a + 1]!, result[b]!];
  };
  expect(await clipped({})).toEqual([3, 4, 0.5]);
  expect(await clipped({ clipNorm: 1 })).toEqual([expect.closeTo(0.6, 12), expect.closeTo(0.8, 12), 0.5]);
  const norm = Math.hypot(3, 4, 0.5);
  expect(await clipped({ globalClipNorm: 1 })).toEqual([
    expect.closeTo(3 / norm, 12),
    expect.closeTo(4 / norm, 12),
    expect.closeTo(0.5 / norm, 12),
  ]);
  expect(await clipped({ globalClipNorm: 10 })).toEqual([3, 4, 0.5]);
  expect(await clipped({ clipValue: 0.7 })).toEqual([0.7, 0.7, 0.5]);
});

test("numbers out of range and two clips at once are refused", () => {
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>);
  expect(() => sgd({ learningRate: Number.NaN })).toThrow(refused);
  expect(() => sgd({ momentum: 1 })).toThrow(refused);
  expect(() => adam({ beta1: -0.1 })).toThrow(refused);
  expect(() => adam({ epsilon: 0 })).toThrow(refused);
  expect(() => adam({ clipNorm: 1, clipValue: 1 })).toThrow(refused);
  expect(() => adam({ globalClipNorm: 0 })).toThrow(refused);
  expect(() => sgd({ learningRate: () => Infinity }).hyper(0, new Float64Array(1))).toThrow(refused);
});
