import { add, assign, hostArray, literal, SluiceError, softmax, type Tensor } from "@sluice/core";
import { open } from "@sluice/cpu";
import * as nn from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { toOnnx } from "./toOnnx.ts";

const backend = await open();
afterAll(() => backend.close());

const zeros = (...shape: number[]) => hostArray(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape });
const small = nn.sequential([nn.dense({ units: 2 })]).withWeights({ dense: { kernel: zeros(3, 2), bias: zeros(2) } }, [3]);

async function thrown(run: () => Promise<unknown>): Promise<SluiceError> {
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SluiceError) return error;
  throw new Error(`expected a SluiceError, got ${String(error)}`);
}

test.each([
  ["no source", 5, {}],
  ["a list", [], {}],
  ["null", null, {}],
  ["a function that is none", { fn: 5, inputs: {} }, {}],
  ["no inputs", { fn: (_: unknown, x: Tensor) => x }, {}],
  ["a model without weights", nn.sequential([nn.dense({ units: 2 })]), {}],
  ["an option that there is not", small, { labels: [] }],
  ["a batch of none", small, { batch: 0 }],
  ["steps that are no number", small, { steps: "many" }],
  ["steps of an input that has none", small, { steps: { x: 4 } }],
  ["steps of an input that there is not", small, { steps: { y: 4 } }],
  ["metadata that are no texts", small, { metadata: { labels: ["a"] } }],
  ["a name that is no text", small, { name: 4 }],
  ["a weight that is a shape alone", { fn: (w: Tensor) => w, weights: { shape: [2], dtype: "f32" }, inputs: {} }, {}],
  [
    "a weight whose numbers do not fill it",
    { fn: (w: Tensor) => w, weights: { shape: [3], dtype: "f32", data: new Float32Array(2) }, inputs: {} },
    {},
  ],
  ["an input with numbers", { fn: (_: unknown, x: Tensor) => x, inputs: zeros(2) }, {}],
  ["an input that is a number", { fn: (_: unknown, x: Tensor) => x, inputs: { x: 5 } }, {}],
  ["a function that gives nothing", { fn: () => undefined, inputs: {} }, {}],
  ["steps where no input has some", small, { steps: 4 }],
  ["lengths where no input has steps", small, { lengths: true }],
  ["options of models for a function", { fn: (_: unknown, x: Tensor) => x, inputs: { shape: [2], dtype: "f32" } }, { batch: 4 }],
] as const)("%s is refused as an argument", async (_, source, options) => {
  const error = await thrown(() => toOnnx(source as never, options as never)); // what is not typed
  expect(error.code).toBe("INVALID_ARGUMENT");
});

test("a function that assigns to its arguments is refused: a file has nothing to keep", async () => {
  const fn = (_: unknown, { x }: { readonly x: Tensor }) => {
    assign(x, add(x, 1));
    return x;
  };
  const error = await thrown(() => toOnnx({ fn, inputs: { x: { shape: [2], dtype: "f32" } } }));
  expect(error.code).toBe("UNSUPPORTED");
  expect(error.facts["unsupported"]).toEqual([
    { name: "x", what: expect.stringContaining("assign") as unknown, instead: expect.any(String) as unknown },
  ]);
});

test("all layers that hold for one number of steps alone are named at once, with what to do", async () => {
  const table = nn.lambda((x) => x.mul(hann(x)), { name: "window" });
  const other = nn.lambda((x) => x.add(hann(x)), { name: "taper" });
  const model = nn.sequential([table, nn.lstm({ units: 2, returnSequences: true }), other]);
  const trained = model.withWeights({ lstm: { wx: zeros(3, 8), wh: zeros(2, 8), b: zeros(8) } } as never, [6, 3]);
  const error = await thrown(() => toOnnx(trained));
  expect(error.code).toBe("UNSUPPORTED");
  expect(error.facts["unsupported"]).toMatchObject([
    { name: "window", kind: "lambda" },
    { name: "taper", kind: "lambda" },
  ]);
  expect((await toOnnx(trained, { steps: 6 })).length).toBeGreaterThan(100);
});

test.each([
  ["cut at 64 steps", (x: Tensor) => x.slice(1, 0, Math.min(sizeOf(x, 1), 64)), "steps", "dense"],
  ["scaled beyond 50 steps", (x: Tensor) => (sizeOf(x, 1) > 50 ? x.mul(2) : x), "steps", "branch"],
  ["scaled by another number beyond 500 steps", (x: Tensor) => x.mul(sizeOf(x, 1) > 500 ? 2 : 3), "steps", "branch"],
  ["squared for one step", (x: Tensor) => (sizeOf(x, 1) === 1 ? x.mul(x) : x.add(1)), "steps", "branch"],
  ["scaled by another number for one step", (x: Tensor) => x.mul(sizeOf(x, 1) === 1 ? 2 : 3), "steps", "branch"],
  ["negated for one row", (x: Tensor) => (sizeOf(x, 0) === 1 ? x.neg() : x.add(1)), "batch", "branch"],
] as const)("a lambda that branches on sizes is refused: %s", async (_, branch, size, found) => {
  const trained = nn.sequential([nn.lambda(branch, { name: "branch" }), nn.dense({ units: 2 })]).withWeights({ dense: { kernel: zeros(3, 2), bias: zeros(2) } } as never, [6, 3]); // prettier-ignore
  const error = await thrown(() => toOnnx(trained));
  expect(error.code).toBe("UNSUPPORTED");
  expect(error.facts["unsupported"]).toMatchObject([{ name: found, instead: `Give \`${size}\` a number` }]);
  expect((await toOnnx(trained, { [size]: 6 })).length).toBeGreaterThan(100);
});

test("a lambda that folds, or cannot run at one step, is not refused", async () => {
  const folded = nn.lambda((x) => x.sub(x.mean(1, { keepDims: true })).mul(softmax(x, 1)));
  const shared = nn.lambda((x) => x.mul(1 / sizeOf(x, 1)).sub(x.mean(0, { keepDims: true })));
  const late = nn.lambda((x) => x.slice(1, 1, sizeOf(x, 1)).sub(x.slice(1, 0, sizeOf(x, 1) - 1)));
  const trained = nn.sequential([folded, shared, late, nn.dense({ units: 2 })]).withWeights({ dense: { kernel: zeros(3, 2), bias: zeros(2) } } as never, [6, 3]); // prettier-ignore
  expect((await toOnnx(trained)).length).toBeGreaterThan(100);
});

test("a model that runs at none of the steps tried is told to be given some, and by which layer", async () => {
  const table = nn.positionEmbedding({ sequenceLength: 1 });
  const trained = nn.sequential([table]).withWeights({ positionEmbedding: { embeddings: zeros(1, 3) } } as never, [1, 3]);
  const error = await thrown(() => toOnnx(trained));
  expect(error.code).toBe("SHAPE_MISMATCH");
  expect(error.message).toContain("positionEmbedding");
  expect(error.message).toContain("Give `steps` a number");
  expect((await toOnnx(trained, { steps: 1 })).length).toBeGreaterThan(100);
});

test("a stateful layer is refused: what a file computes is one batch", async () => {
  const model = nn.sequential([nn.lstm({ units: 2, stateful: true })]);
  const error = await thrown(() => toOnnx(model.withWeights({ lstm: { wx: zeros(3, 8), wh: zeros(2, 8), b: zeros(8) } } as never, [6, 3])));
  expect(error.facts["unsupported"]).toEqual([
    { name: "lstm", what: expect.stringContaining("stateful") as unknown, instead: expect.any(String) as unknown },
  ]);
});

function sizeOf({ shape }: Tensor, axis: number): number {
  return shape[axis] ?? 1;
}

/** Numbers that depend on the number of steps in no way that a file could say. */
function hann(x: Tensor): Tensor {
  const [, steps = 0] = x.shape;
  return literal(
    Float32Array.from({ length: steps }, (_, t) => Math.sin((Math.PI * t) / steps) ** 2),
    [steps, 1],
  );
}
