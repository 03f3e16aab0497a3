// A causal self-attention need not have its sequence at once: step by step, with a cache, it gives the same, forward and back.
import {
  expand,
  gradient,
  scan,
  slice,
  squeeze,
  transpose,
  type Attention,
  type AttentionCache,
  type Backend,
  type HostArray,
  type Tensor,
} from "@sluice/core";
import {
  attentionPool,
  describeAttention,
  type AttentionChoice,
  type AttentionExample,
  type AttentionStructure,
} from "../arbitraries/attention.ts";
import { attended, attentionDataOf, type AttentionData } from "../arbitraries/attentionData.ts";
import type { Law } from "../law.ts";
import { arithmetic, known, type Bounded } from "../oracle/index.ts";
import { roundingOf, type Float } from "../rounding.ts";
import { mapTree, type Tree } from "../tree.ts";
import { agree, type Read } from "./agree.ts";
import { moduleOf, nested } from "./attention.ts";
import { compiled, hostedIn } from "./compiled.ts";
import { hunt } from "./hunt.ts";
import { anyOf } from "./padding.ts";

export const attentionStepsLaw: Law = hunt<AttentionStructure>({
  name: "attention: step by step, whatever a cache held before, output, weights and every gradient agree with the oracle for the whole causal sequence",
  pool: (seed) => (["single", "multiHead"] as const).flatMap((kind) => attentionPool(kind)(seed).flatMap(streams)),
  sample: 16,
  describe: describeAttention,
  async claim(backend, example) {
    const { structure, dtype } = example,
      data = attentionDataOf(example),
      { gradients, scores: _, ...forward } = expected(backend, example, data),
      room = roomOf(backend, example);
    agree(await oneByOne(backend, structure, data, { dtype, room }), forward, dtype);
    agree(await inLoop(backend, structure, looped(structure, data, { dtype, room })), { ...forward, gradients }, dtype);
  },
});

/** A structure as causal self-attention, as far as it may be: with keys of its own, and where it has one head with the queries as keys too. */
function streams(given: AttentionStructure): readonly AttentionStructure[] {
  const steps = Math.max(given.queries, given.keys),
    isModule = moduleOf(given.choice) !== undefined && given.lead.length === 1 && given.keyLead === undefined;
  if (!isModule || steps > 8) return [];
  const none = { keyLengths: false, mask: "none", bias: "none", hiding: false, dropout: "none", residual: false } as const,
    own = { ...given, ...none, queries: steps, keys: steps, causal: true };
  return given.choice.score === "multiHead" ? [own] : [own, { ...own, key: given.query, value: given.query, sources: "self" }];
}

function moduleFor(choice: AttentionChoice): Attention<never> {
  const module = moduleOf(choice);
  if (module === undefined) throw new Error("internal: what streams is a module");
  return module;
}

function batchOf({ lead: [batch = 0] }: AttentionStructure): number {
  return batch;
}

/** More keys than there are steps, each with anything. */
interface Room {
  readonly dtype: Float;
  readonly room: Readonly<Record<string, Bounded>>;
}

function roomOf({ supports }: Backend, { structure, seed }: AttentionExample): Room["room"] {
  const { choice, query, key, value, sources, keys } = structure,
    any = anyOf(supports, seed);
  const sizes = { query, ...(sources !== "self" && { key }), ...(sources === "key and value" && { value }) },
    spec = Object.entries(moduleFor(choice).cache(sizes, keys + 1 + (seed % 2)));
  return Object.fromEntries(
    spec.map(([part, { axes }]) => {
      const shape = [batchOf(structure), ...Object.values<number>(axes)];
      return [part, known(shape, Float64Array.from({ length: shape.reduce((n, size) => n * size, 1) }, any))];
    }),
  );
}

/** Where one score reads the queries as keys and values, the gradients of all three are those of the queries. */
function expected({ supports }: Backend, { structure, dtype }: AttentionExample, given: AttentionData) {
  const own = arithmetic(roundingOf(supports, dtype)),
    { output, weights } = given.upstream,
    data = { ...given, upstream: { output, weights } };
  if (structure.choice.score === "multiHead" || structure.sources !== "self") return attended(structure, data, own);
  const { query } = data.inputs as Readonly<Record<"query", Bounded>>,
    { gradients, ...rest } = attended(structure, { ...data, inputs: { query, key: query, value: query } }, own);
  const { query: q, key: k, value: v } = gradients.inputs as Readonly<Record<"query" | "key" | "value", Bounded>>;
  return { ...rest, gradients: { weights: gradients.weights, inputs: { query: own.plus(q, k, v) } } };
}

interface StepInputs {
  readonly weights: never;
  readonly inputs: { readonly query: Tensor; readonly key?: Tensor; readonly value?: Tensor };
  readonly cache: AttentionCache<Tensor>;
  readonly position: Tensor;
}

function stepOf({ choice, softCap }: AttentionStructure, { weights, inputs, cache, position }: StepInputs) {
  return moduleFor(choice).step(nested(weights) as never, { ...inputs, cache, position, softCap });
}

const single = compiled((structure: AttentionStructure) => (at: StepInputs): Tree<Tensor> => {
  const { output, weights, cache } = stepOf(structure, at);
  return { output, weights: slice(weights, -1, 0, structure.keys), cache: { ...cache } };
});

/** A call for each step, which takes the cache that the one before gave. */
async function oneByOne(backend: Backend, structure: AttentionStructure, data: AttentionData, { dtype, room }: Room): Promise<Tree<Read>> {
  const of = hostedIn(dtype),
    batch = batchOf(structure),
    steps = structure.keys,
    results: Record<"output" | "weights", Read>[] = [];
  let cache: Tree<HostArray> = mapTree(room, of);
  for (let t = 0; t < steps; t++) {
    const inputs = mapTree<Bounded, HostArray>(data.inputs, (x) => of(rowsOf(x, t)));
    const position: HostArray = { dtype: "i32", shape: [batch], data: new Int32Array(batch).fill(t) };
    const got = await single(backend, structure, { weights: mapTree(data.weights, of), inputs, cache, position });
    const { cache: next, ...result } = got as Record<"output" | "weights", Read> & { readonly cache: Tree<Read> };
    cache = mapTree<Read, HostArray>(next, ({ shape, data: numbers }) => ({ dtype, shape, data: numbers }) as HostArray);
    results.push(result);
  }
  return { output: joined(results.map(({ output }) => output)), weights: joined(results.map(({ weights }) => weights)) };
}

/** Step t of x [batch, steps, features]: [batch, 1, features]. */
function rowsOf({ shape, value }: Bounded, t: number): Bounded {
  const [batch, steps, features] = shape as readonly [number, number, number];
  return known(
    [batch, 1, features],
    value.filter((_, i) => Math.floor(i / features) % steps === t),
  );
}

/** Each […, 1, columns], as the rows of one […, steps, columns]. */
function joined(rows: readonly Read[]): Read {
  const { shape } = rows[0] ?? { shape: [] },
    lead = shape.slice(0, -2),
    columns = shape.at(-1) ?? 0,
    count = lead.reduce((n, size) => n * size, 1);
  const all = Array.from({ length: count }, (_, i) => rows.flatMap(({ data }) => [...data.subarray(i * columns, (i + 1) * columns)]));
  return { shape: [...lead, rows.length, columns], data: Float64Array.from(all.flat()) };
}

interface LoopInputs extends Omit<StepInputs, "position"> {
  /** [steps, batch] */
  readonly positions: Tensor;
  readonly upstream: { readonly output: Tensor; readonly weights: Tensor };
}

/** A loop with the cache as its state. */
const inLoop = compiled((structure: AttentionStructure) => ({ weights, inputs, cache, positions, upstream }: LoopInputs): Tree<Tensor> => {
  const { outputs } = scan({
    state: { ...cache } as Record<string, Tensor>,
    inputs: { position: positions, rows: mapTree<Tensor, Tensor>(inputs, (x) => transpose(x, [1, 0, 2])) as Record<string, Tensor> },
    step(before, { position, rows }) {
      const one = mapTree<Tensor, Tensor>(rows, (x) => expand(x, 1)) as unknown as StepInputs["inputs"],
        result = stepOf(structure, { weights, inputs: one, cache: before as unknown as StepInputs["cache"], position });
      return { state: { ...result.cache }, output: { output: result.output, weights: result.weights } };
    },
  });
  const whole = (x: Tensor): Tensor => {
    const each = squeeze(x, -2), // [steps, …, columns]
      axes = each.shape.map((_, axis) => axis);
    return transpose(each, [...axes.slice(1, -1), 0, each.rank - 1]);
  };
  const result = { output: whole(outputs.output), weights: slice(whole(outputs.weights), -1, 0, structure.keys) };
  const loss = result.output.mul(upstream.output).sum().add(result.weights.mul(upstream.weights).sum());
  return { ...result, gradients: gradient(loss, { weights, inputs } as never) };
});

function looped(structure: AttentionStructure, { weights, inputs, upstream }: AttentionData, { dtype, room }: Room): Tree<HostArray> {
  const of = hostedIn(dtype),
    batch = batchOf(structure),
    steps = structure.keys,
    positions = Int32Array.from({ length: steps * batch }, (_, i) => Math.floor(i / batch));
  return {
    weights: mapTree(weights, of),
    inputs: mapTree(inputs, of),
    cache: mapTree(room, of),
    upstream: mapTree(upstream, of),
    positions: { dtype: "i32", shape: [steps, batch], data: positions },
  };
}
