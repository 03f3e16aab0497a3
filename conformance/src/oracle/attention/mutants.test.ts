import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attentionPool, type AttentionStructure } from "../../arbitraries/attention.ts";
import { attended, attentionDataOf, type AttentionData, type AttentionOutcome } from "../../arbitraries/attentionData.ts";
import { layerDataOf, layered, layers, type LayerData, type LayerStructure } from "../../arbitraries/layers.ts";
import { leaves, type Tree } from "../../tree.ts";
import { arithmetic, exact, type Arithmetic } from "../arithmetic.ts";
import { full, known, type Bounded } from "../bounded.ts";
import { faults, logOf } from "../mutants.ts";

/** float32 on a poor machine. */
const float32 = arithmetic({ ulp: 2 ** -23, tiny: 2 ** -126, sum: 1, exp: 2, sqrt: 1, div: 2, sigmoid: 4, tanh: 4 });
const seed = Number(process.env["SLUICE_SEED"]);
const pools = { single: attentionPool("single")(seed), multiHead: attentionPool("multiHead")(seed) };
const everything = [...pools.single, ...pools.multiHead].filter(({ queries, keys }) => Math.max(queries, keys) < 100);

/** Whether some number is off by more than twice its bound: then no rounding within the bound can hide what is wrong. */
function toldApart(wrong: Tree<Bounded>, right: Tree<Bounded>): boolean {
  const got = new Map(leaves(wrong));
  return leaves(right).some(([path, { value, error }]) =>
    value.some((v, i) => !(Math.abs(v - (got.get(path)?.value[i] ?? NaN)) <= 2 * error[i]!)),
  );
}

describe("attention with one operation wrong is told apart", () => {
  const small = { lead: [1], queries: 2, keys: 2, query: 2, key: 2, value: 2, causal: false, keyLengths: false, hiding: false } as const;
  const given = { mask: "none", bias: "keys", dropout: "keys", residual: true, softCap: 1.5, sources: "key and value" } as const;
  const scores: readonly AttentionStructure["choice"][] = [
    { score: "dot" },
    { score: "scaledDot" },
    { score: "additive", units: 2 },
    { score: "concat" },
    { score: "dot", useScale: true },
    { score: "additive", useProjections: false, useScale: true },
  ];

  test.each(scores)("$score", (choice) => {
    expect(survivors({ ...small, ...given, choice })).toEqual([]);
  });

  test("several heads, with whatever is left out", () => {
    const choice = { score: "multiHead", heads: 2, keyValueHeads: 1, size: 2 } as const;
    expect(survivors({ ...small, ...given, queries: 1, choice }, / without /)).toEqual([]);
  });
});

/** The faults that none of ten draws tells apart. */
function survivors(structure: AttentionStructure, pattern = /(?:)/): readonly string[] {
  const draws = fc.sample(fc.integer({ min: 0, max: 2 ** 31 - 2 }), 10).map((from) => {
    const draw = data(structure, from);
    return { draw, right: tree(attended(structure, draw, float32)), log: logOf((machine) => attended(structure, draw, machine)) };
  });
  const wrong = faults(draws[0]!.log).filter(({ name }) => pattern.test(name));
  expect(wrong.length).toBeGreaterThan(30);
  const hides = ({ spoil }: (typeof wrong)[number]) =>
    draws.every(({ draw, right, log }) => !toldApart(tree(attended(structure, draw, spoil(exact, log))), right));
  return wrong.filter(hides).map(({ name }) => name);
}

type Change = (structure: AttentionStructure, given: AttentionData) => readonly [AttentionStructure, AttentionData];

/** Attention that is wrong, as right attention of something else. */
const wrong: Readonly<Record<string, Change>> = {
  "counts causal from the last key where it is to count from the first": (structure, given) =>
    structure.causal === "start" ? [{ ...structure, causal: "end" }, given] : [structure, given],
  "ignores that it is causal": (structure, given) => [{ ...structure, causal: false }, given],
  "counts causal from the first key": (structure, given) => causalBy(structure, given, (i, j) => j <= i),
  "is causal but for one key more": (structure, given) =>
    causalBy(structure, given, (i, j) => j <= i + structure.keys - structure.queries + 1),
  "is causal but for one key less": (structure, given) => causalBy(structure, given, (i, j) => j < i + structure.keys - structure.queries),
  "ignores the numbers of keys": (structure, given) => [structure, without(given, "keyLengths")],
  "counts one key more": (structure, given) => [structure, lengthened(given, 1)],
  "counts one key less": (structure, given) => [structure, lengthened(given, -1)],
  "ignores the mask": (structure, given) => [structure, without(given, "mask")],
  "takes the mask the wrong way round": (structure, given) => [structure, { ...given, ...(given.mask && { mask: inverted(given.mask) }) }],
  "takes the mask for a bias": (structure, { mask, ...given }) => [structure, { ...given, ...(mask && !given.bias && { bias: mask }) }],
  "ignores the bias": (structure, given) => [structure, without(given, "bias")],
  "ignores the soft cap": (structure, given) => [without(structure, "softCap"), given],
  "ignores the dropout mask": (structure, given) => [structure, without(given, "dropout")],
  "ignores the residual": (structure, given) => [structure, without(given, "residual")],
  "does not scale the scores": changed((choice) => (choice.score === "scaledDot" ? { score: "dot" } : choice)),
  "scales scores that are not to be scaled": changed((choice) => (choice.score === "dot" ? { score: "scaledDot" } : choice)),
  "scales by the size instead of its root": changed((choice, { query }) =>
    choice.score === "scaledDot" ? { ...choice, scale: 1 / query } : choice,
  ),
  "compares its heads by another score": changed((choice) =>
    choice.score === "multiHead" && choice.by?.score === "dot" ? { ...choice, by: { score: "scaledDot" } } : choice,
  ),
  "gives one head the weights of another's score": (structure, given) => [structure, { ...given, weights: turnedScores(given.weights) }],
  "does not rotate": changed((choice) => (choice.score === "multiHead" ? without(choice, "rotary") : choice)),
  "rotates other pairs": changed((choice) =>
    choice.score === "multiHead" && choice.rotary
      ? { ...choice, rotary: { ...choice.rotary, interleaved: !choice.rotary.interleaved } }
      : choice,
  ),
  "rotates by another base": changed((choice) =>
    choice.score === "multiHead" && choice.rotary ? { ...choice, rotary: { ...choice.rotary, base: 1000 } } : choice,
  ),
  "leaves out the biases of the projections": (structure, given) => [structure, { ...given, weights: unbiased(structure, given.weights) }],
  "gives its heads the keys of others": (structure, given) => [structure, { ...given, weights: turnedHeads(structure, given.weights) }],
};

const rights = everything.map((structure) => {
  const given = data(structure, seed);
  return { structure, given, right: tree(attended(structure, given, float32)) };
});

test.each(Object.entries(wrong))("one pass over the pool tells apart attention that %s", (_, change) => {
  const told = rights.some(({ structure, given, right }) => toldApart(tree(attended(...change(structure, given), exact)), right));
  expect(told).toBe(true);
});

type LayerChange = (structure: LayerStructure, given: LayerData, machine: Arithmetic) => Tree<Bounded>;

/** Layers that are wrong. */
const wrongLayers: Readonly<Record<string, LayerChange>> = {
  "does not centre": ({ choice, ...rest }, given, machine) =>
    layered({ ...rest, choice: choice.layer === "layerNormalization" ? { ...choice, layer: "rmsNormalization" } : choice }, given, machine),
  "centres what is not to be centred": ({ choice, ...rest }, given, machine) =>
    layered(
      { ...rest, choice: choice.layer === "rmsNormalization" ? { ...choice, layer: "layerNormalization", shift: false } : choice },
      given,
      machine,
    ),
  "takes another epsilon": (structure, given, machine) =>
    layered(
      withEpsilon(structure, (epsilon) => 2 * epsilon),
      given,
      machine,
    ),
  "forgets epsilon": (structure, given, machine) =>
    layered(
      withEpsilon(structure, () => 1e-30),
      given,
      machine,
    ),
  "divides by n − 1": (structure, given, machine) => {
    const n = structure.shape.at(-1)!;
    const shrunk = (x: Bounded) =>
      machine.times(x, full(x.shape, structure.choice.layer === "layerNormalization" ? Math.sqrt((n - 1) / n) : 1));
    const { output, gradients } = layered(structure, given, machine);
    return { output: shrunk(output), gradients };
  },
  "shifts positions by one": ({ choice, ...rest }, given, machine) =>
    layered({ ...rest, choice: choice.layer === "rotary" ? { ...choice, offset: (choice.offset ?? 0) + 1 } : choice }, given, machine),
  "rotates other pairs": ({ choice, ...rest }, given, machine) =>
    layered({ ...rest, choice: choice.layer === "rotary" ? { ...choice, interleaved: !choice.interleaved } : choice }, given, machine),
};

test.each(Object.entries(wrongLayers))("one pass over the pool tells apart a layer that %s", (_, change) => {
  const told = layers
    .filter(({ shape }) => shape[0]! < 100)
    .some((structure) => {
      const given = layerDataOf({ structure, dtype: "f32", scale: 1, seed });
      return toldApart(change(structure, given, exact), layered(structure, given, float32));
    });
  expect(told).toBe(true);
});

function data(structure: AttentionStructure, from: number): AttentionData {
  return attentionDataOf({ structure, dtype: "f32", scale: 1, seed: from });
}

/** Without the gradient of what is not given any more. */
function tree({ output, weights, scores, gradients }: AttentionOutcome<Bounded>): Tree<Bounded> {
  return { output, weights, scores, gradients: gradients as Tree<Bounded> };
}

function changed(change: (choice: AttentionStructure["choice"], structure: AttentionStructure) => AttentionStructure["choice"]): Change {
  return (structure, given) => [{ ...structure, choice: change(structure.choice, structure) }, given];
}

function causalBy(structure: AttentionStructure, given: AttentionData, sees: (i: number, j: number) => boolean): ReturnType<Change> {
  if (!structure.causal || given.mask) return [structure, given];
  const { queries, keys } = structure;
  const mask = known(
    [queries, keys],
    Float64Array.from({ length: queries * keys }, (_, at) => (sees(Math.floor(at / keys), at % keys) ? 1 : 0)),
  );
  return [
    { ...structure, causal: false },
    { ...given, mask },
  ];
}

function lengthened(given: AttentionData, by: number): AttentionData {
  return { ...given, ...(given.keyLengths && { keyLengths: given.keyLengths.map((length) => length + by) }) };
}

function inverted(mask: Bounded): Bounded {
  return known(
    mask.shape,
    mask.value.map((v) => 1 - v),
  );
}

function without<T extends object, K extends keyof T>(from: T, name: K): T {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name)) as T; // an optional one
}

function unbiased({ choice }: AttentionStructure, weights: AttentionData["weights"]): AttentionData["weights"] {
  if (choice.score !== "multiHead") return weights;
  return Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, name.startsWith("b") ? full(w.shape, 0) : w]));
}

/** The columns of each head of the keys exchanged with those of the one before, as reading the wrong head would. */
function turnedHeads({ choice }: AttentionStructure, weights: AttentionData["weights"]): AttentionData["weights"] {
  const { wk } = weights;
  if (choice.score !== "multiHead" || choice.keyValueHeads === 1 || wk === undefined) return weights;
  const [width, columns] = [choice.size, wk.shape[1]!];
  const value = wk.value.map((_, at) => wk.value[at - (at % columns) + (((at % columns) + width) % columns)]!);
  return { ...weights, wk: known(wk.shape, value) };
}

/** The weights that each head's score has exchanged with those of the one before. */
function turnedScores(weights: AttentionData["weights"]): AttentionData["weights"] {
  const turn = ({ shape, value }: Bounded): Bounded => {
    const each = value.length / shape[0]!;
    return known(
      shape,
      value.map((_, at) => value[(at + each) % value.length]!),
    );
  };
  return Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, name.startsWith("score.") ? turn(w) : w]));
}

function withEpsilon(structure: LayerStructure, change: (epsilon: number) => number): LayerStructure {
  const { choice } = structure;
  if (choice.layer === "layerNormalization") return { ...structure, choice: { ...choice, epsilon: change(choice.epsilon ?? 1e-5) } };
  if (choice.layer === "rmsNormalization") return { ...structure, choice: { ...choice, epsilon: change(choice.epsilon ?? 1e-6) } };
  return structure;
}
