// A causal self-attention step by step: what comes out is what the whole sequence gives, whatever the cache held before.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  attention,
  concat,
  gradient,
  literal,
  multiHeadAttention,
  notEqual,
  scan,
  slice,
  tanh,
  type Attention,
  type AttentionCache,
  type AttentionOptions,
  type AttentionSizes,
  type HostArray,
  type MultiHeadOptions,
  type Projections,
  type Score,
  type StateSpec,
  type Tensor,
} from "../index.ts";
import { random } from "../random.ts";
import { open } from "../reference.ts";
import { hunt } from "../testing/hunt.ts";
import { f64, filled, misses, normal, normalWeights } from "../testing/numbers.ts";
import { f32, kindsOf, programOf, scratchOf } from "../testing/programs.ts";
import { evaluate } from "../testing/running.ts";

const backend = await open();

interface Example {
  readonly choice: { readonly score: Score } | { readonly heads: MultiHeadOptions };
  readonly batch: number;
  readonly steps: number;
  /** Room in the cache beyond the steps. */
  readonly spare: number;
  readonly features: number;
  /** What is given beside the query. */
  readonly beside: "nothing" | "keys" | "keys and values";
  readonly has: Readonly<Record<"softCap" | "mask" | "bias" | "dropout" | "residual", boolean>>;
  readonly seed: number;
}

const projected: fc.Arbitrary<MultiHeadOptions> = fc.record({
  heads: fc.constant(4),
  keyValueHeads: fc.constantFrom(undefined, 1, 2),
  size: fc.constantFrom(2, 4),
  valueSize: fc.constantFrom(undefined, 3),
  outputSize: fc.constantFrom(undefined, 5),
  useBias: fc.boolean(),
  rotary: fc.constantFrom(false, true, { base: 50 }, { interleaved: true }, { base: 7, interleaved: true }),
});
const split: fc.Arbitrary<MultiHeadOptions> = fc.record({
  heads: fc.constantFrom(1, 2),
  useProjections: fc.constant(false),
  rotary: fc.boolean(),
});
/** By each score, with weights for each head. */
const scored = (options: fc.Arbitrary<MultiHeadOptions>): fc.Arbitrary<Example["choice"]> =>
  fc
    .tuple(options, fc.constantFrom<Score>("scaledDot", "dot", "additive", "concat"))
    .map(([of, score]) => ({ heads: { ...of, score, ...(score === "additive" && { units: 3 }) } }));
const scores = fc.constantFrom<Score>("dot", "scaledDot", "additive", "concat").map((score) => ({ score }));
const examples: fc.Arbitrary<Example> = fc.record({
  choice: fc.oneof(scored(projected), scored(split), scores),
  batch: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 5 }),
  spare: fc.constantFrom(0, 1, 3),
  features: fc.integer({ min: 1, max: 4 }),
  beside: fc.constantFrom("nothing", "keys", "keys and values"),
  has: fc.record({ softCap: fc.boolean(), mask: fc.boolean(), bias: fc.boolean(), dropout: fc.boolean(), residual: fc.boolean() }),
  seed: fc.nat(1e6),
});

/** P of any module: which weights there are is data here. */
type Module = Attention<never>;

function moduleOf({ choice }: Example): Module {
  if ("heads" in choice) return multiHeadAttention(choice.heads) as unknown as Module;
  return attention({ score: choice.score, ...(choice.score === "additive" && { units: 3 }) }) as unknown as Module;
}

function sizesOf({ features, beside, choice }: Example): AttentionSizes {
  if ("heads" in choice && choice.heads.useProjections === false) {
    const each = 2 * choice.heads.heads; // for pairs to turn
    return {
      query: each,
      ...(beside !== "nothing" && { key: each }),
      ...(beside === "keys and values" && { value: 3 * choice.heads.heads }),
    };
  }
  const ownSizes = "heads" in choice || choice.score === "additive" || choice.score === "concat";
  return {
    query: features,
    ...(beside !== "nothing" && { key: ownSizes ? features + 1 : features }),
    ...(beside === "keys and values" && { value: features + 2 }),
  };
}

interface Given {
  readonly weights: never;
  readonly inputs: { readonly query: Tensor; readonly key?: Tensor; readonly value?: Tensor };
  readonly options: Pick<AttentionOptions, "bias" | "residual">;
}

function dataOf(example: Example) {
  const { batch, steps, has, seed } = example,
    module = moduleOf(example),
    sizes = sizesOf(example);
  const sequence = (name: string, features: number | undefined) =>
    features === undefined ? {} : { [name]: normal(`${seed} ${name}`, batch, steps, features) };
  return {
    weights: normalWeights(module.weights(sizes) as object, seed),
    inputs: { ...sequence("query", sizes.query), ...sequence("key", sizes.key), ...sequence("value", sizes.value) },
    options: {
      ...(has.bias && { bias: normal(`${seed} bias`, ...scoresOf(example)) }),
      ...(has.residual && { residual: normal(`${seed} residual`, batch, steps, module.outputSize(sizes)) }),
    },
  };
}

function scoresOf({ choice, batch, steps }: Example): number[] {
  return [batch, ...("heads" in choice ? [choice.heads.heads] : []), steps, steps];
}

/** Those that have no gradient. */
function fixedOf(example: Example): AttentionOptions {
  const { has, seed, batch, steps } = example,
    shape = scoresOf(example),
    flags = (name: string, of: readonly number[], is: number) =>
      literal(
        Float64Array.from(
          random(seed)
            .child(name)
            .integers(
              of.reduce((a, b) => a * b, 1),
              3,
            ),
          (n) => (n === 0 ? 0 : is),
        ),
        of,
      );
  const rows = [batch, ...shape.slice(1, -1).map(() => 1), steps];
  return {
    ...(has.softCap && { softCap: 1.3 }),
    ...(has.mask && { mask: flags("mask", seed % 2 === 0 ? rows : shape, 1) }),
    ...(has.dropout && { dropout: flags("dropout", shape, 1.5) }),
  };
}

function whole(example: Example, { weights, inputs, options }: Given) {
  return moduleOf(example).run(weights, { ...inputs, ...fixedOf(example), ...options, causal: true });
}

/** Step by step, unrolled, from a cache full of NaN. */
function stepped(example: Example, { weights, inputs, options }: Given) {
  const { batch, steps, spare } = example,
    module = moduleOf(example),
    { softCap, ...fixed } = fixedOf(example),
    results: Record<"output" | "weights" | "scores", Tensor>[] = [];
  let cache = roomOf(module.cache(sizesOf(example), steps + spare), batch, NaN);
  for (let t = 0; t < steps; t++) {
    const at = (x: Tensor): Tensor => slice(x, -2, t, t + 1),
      wide = (x: Tensor): Tensor =>
        concat([x, literal(new Float64Array(x.size * spare).fill(1), [...x.shape.slice(0, -1), x.shape.at(-1)! * spare])]),
      result = module.step(weights, {
        ...(mapped(inputs, at) as Given["inputs"]),
        cache,
        position: literal(new Int32Array(batch).fill(t)),
        softCap,
        ...mapped({ ...fixed, ...options }, (x, name) => {
          if (name === "residual") return at(x);
          const own = x.shape.at(-2) === 1 ? x : at(x);
          return spare === 0 ? own : slice(wide(own), -1, 0, steps + spare);
        }),
      });
    cache = result.cache;
    const seen = (x: Tensor): Tensor => slice(x, -1, 0, steps);
    results.push({ output: result.output, weights: seen(result.weights), scores: seen(result.scores) });
  }
  const all = (part: "output" | "weights" | "scores"): Tensor =>
    concat(
      results.map((r) => r[part]),
      -2,
    );
  return { output: all("output"), weights: all("weights"), scores: all("scores") };
}

function mapped(record: object, of: (x: Tensor, name: string) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(record as Record<string, Tensor>).map(([name, x]) => [name, of(x, name)]));
}

function roomOf(spec: AttentionCache<StateSpec>, batch: number, value: number): AttentionCache<Tensor> {
  const part = ({ axes }: StateSpec): Tensor => {
    const { data, shape } = filled(value, batch, ...Object.values(axes));
    return literal(data, shape);
  };
  return { keys: part(spec.keys), ...(spec.values && { values: part(spec.values) }) };
}

test("every attention, with any options: stepping gives what the causal run gives, and its gradients, whatever the cache held", async () => {
  await hunt(
    examples,
    async (example) => {
      const under = (run: (at: Given) => Record<"output" | "weights" | "scores", Tensor>) => (at: Given) => {
        const { output, weights, scores: all } = run(at),
          scores = all.mul(notEqual(weights, 0)); // of what is seen
        const loss = tanh(output).sum().add(weights.mul(weights).sum()).add(tanh(scores).sum());
        return { output, weights, scores, d: gradient(loss, at as never) };
      };
      const data = dataOf(example),
        wanted = await evaluate(
          backend,
          under((at) => whole(example, at)),
          data,
        ),
        got = await evaluate(
          backend,
          under((at) => stepped(example, at)),
          data,
        );
      expect(misses(got, wanted, 1e-9)).toEqual([]);
    },
    2500,
  );
});

const turning = multiHeadAttention({ heads: 2, keyValueHeads: 1, size: 4, rotary: true });
const weights = normalWeights(turning.weights({ query: 3 }), 1);
type Stepping = { readonly w: Projections<Tensor>; readonly x: Tensor; readonly position: Tensor; readonly cache: AttentionCache<Tensor> };
const step = ({ w, x, position, cache }: Stepping) => turning.step(w, { query: x, cache, position });
const i32 = (...data: number[]): HostArray => ({ dtype: "i32", shape: [data.length], data: Int32Array.from(data) });
const kept = (name: string | number, batch: number, length: number) => ({
  keys: normal(`${name} keys`, batch, length, 4),
  values: normal(`${name} values`, batch, length, 4),
});

test("each row of a batch has a position of its own", async () => {
  const x = normal("x", 3, 1, 3),
    cache = kept("rows", 3, 5),
    together = await evaluate(backend, step, { w: weights, x, position: i32(2, 0, 4), cache });
  for (const [row, position] of [2, 0, 4].entries()) {
    const part = ({ data, shape: [, ...rest] }: HostArray): HostArray => {
      const each = data.length / 3;
      return { dtype: "f64", shape: [1, ...rest], data: data.slice(row * each, (row + 1) * each) as Float64Array };
    };
    const alone = await evaluate(backend, step, {
      w: weights,
      x: part(x),
      position: i32(position),
      cache: { keys: part(cache.keys), values: part(cache.values) },
    });
    for (const [path, numbers] of Object.entries(alone)) {
      const all = together[path]!;
      expect(all.slice((row * all.length) / 3, ((row + 1) * all.length) / 3)).toEqual(numbers);
    }
  }
});

test("a step leaves what is kept before it, and zeros after it", async () => {
  const { "cache.keys": keys, "cache.values": values } = await evaluate(backend, step, {
    w: weights,
    x: normal("x", 1, 1, 3),
    position: i32(1),
    cache: kept("full", 1, 4),
  });
  for (const [got, had] of [
    [keys!, kept("full", 1, 4).keys],
    [values!, kept("full", 1, 4).values],
  ] as const) {
    expect(got.slice(0, 4)).toEqual([...had.data.slice(0, 4)]);
    expect(got.slice(4, 8)).not.toEqual([...had.data.slice(4, 8)]);
    expect(got.slice(8)).toEqual(Array.from({ length: 8 }, () => 0));
  }
});

test("at a position that a cache has no room for, it stays as it is", async () => {
  const cache = kept("full", 1, 2);
  for (const position of [2, 3, 2 ** 31 - 1]) {
    const got = await evaluate(backend, step, { w: weights, x: normal("x", 1, 1, 3), position: i32(position), cache });
    expect(got["cache.keys"]).toEqual([...cache.keys.data]);
    expect(got["cache.values"]).toEqual([...cache.values.data]);
  }
});

test("a key that a mask of keys hides changes no number, though it be NaN", async () => {
  const masked = ({ w, x, position, cache, mask }: Stepping & { readonly mask: Tensor }): unknown => {
    const { output, weights: seen } = turning.step(w, { query: x, cache, position, mask });
    return { output, seen, d: gradient(output.sum().add(seen.mul(seen).sum()), { w, x } as never) };
  };
  const run = (spoilt: number) => {
    const { keys, values } = kept("masked", 1, 4);
    for (const { data } of [keys, values]) if (spoilt !== 0) data.fill(spoilt, 4, 8);
    return evaluate(backend, masked, {
      w: weights,
      x: normal("x", 1, 1, 3),
      position: i32(2),
      cache: { keys, values },
      mask: f64([1, 0, 1, 1]),
    });
  };
  expect(await run(NaN)).toEqual(await run(0));
});

test("a cache has keys, and values where they have features of their own or are projected", () => {
  const axes = (keys: number, features: number) => ({ axes: { keys, features } });
  expect(attention({ score: "dot" }).cache({ query: 3 }, 7)).toEqual({ keys: axes(7, 3) });
  expect(attention({ score: "additive", units: 2 }).cache({ query: 3, key: 4 }, 7)).toEqual({ keys: axes(7, 4) });
  expect(attention({ score: "concat" }).cache({ query: 3, value: 5 }, 7)).toEqual({ keys: axes(7, 3), values: axes(7, 5) });
  const grouped = multiHeadAttention({ heads: 4, keyValueHeads: 2, size: 3, valueSize: 5 });
  expect(grouped.cache({ query: 8 }, 7)).toEqual({ keys: axes(7, 6), values: axes(7, 10) });
});

test("a step is one map over the cache, and projects its own row alone", () => {
  const module = multiHeadAttention({ heads: 2, useBias: false }),
    specs = Object.fromEntries(Object.entries(module.weights({ query: 8 })).map(([name, { axes }]) => [name, f32(...Object.values(axes))]));
  const program = programOf(
    ({ w, x, cache, position }: Stepping) => module.step(w, { query: x, cache, position }),
    [{ w: specs, x: f32(2, 1, 8), cache: { keys: f32(2, 99, 8), values: f32(2, 99, 8) }, position: { shape: [2], dtype: "i32" } }],
  );
  const large = program.steps.filter((s) => s.kind === "map" && s.shape.reduce((n, size) => n * size, 1) >= 2 * 99 * 8);
  expect(large).toHaveLength(1);
  expect(program.steps.filter((s) => s.kind === "matmul").map((s) => s.out.shape.at(-2))).toEqual(expect.not.arrayContaining([99]));
  expect(scratchOf(program).filter((n) => n >= 2 * 99 * 8)).toEqual([]);
});

test("a cache of which a loop gives the last alone is kept once, and written in place", () => {
  const module = attention({ score: "dot" });
  const program = programOf(
    ({ x, cache, positions }: { readonly x: Tensor; readonly cache: { readonly keys: Tensor }; readonly positions: Tensor }) =>
      scan({
        state: cache,
        inputs: { x, position: positions },
        step: (before, { x: query, position }) => ({
          state: { keys: module.step({}, { query, cache: before, position }).cache.keys },
          output: {},
        }),
      }).state,
    [{ x: f32(6, 2, 1, 8), cache: { keys: f32(2, 6, 8) }, positions: { shape: [6, 2], dtype: "i32" } }],
  );
  expect(kindsOf(program)).toBe("map scan[map] map");
  expect(scratchOf(program)).toEqual([2 * 6 * 8]);
});
