// What attention becomes: few steps, no copies of heads, nothing stored per query and key that the way back does not need.
import { expect, test } from "vitest";
import {
  gradient,
  multiHeadAttention,
  scaledDotAttention,
  type AttentionOptions,
  type Program,
  type Projections,
  type Tensor,
} from "../index.ts";
import { f32, kindsOf, programOf, scratchOf } from "../testing/programs.ts";

const [batch, steps, features] = [2, 16, 8];
const i32 = { shape: [batch], dtype: "i32" } as const;

type Operands = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };
const operands = { q: f32(batch, steps, 4), k: f32(batch, steps, 4), v: f32(batch, steps, 4) };
const counts = (program: Program): Record<string, number> => {
  const kinds = kindsOf(program).split(" ");
  return Object.fromEntries([...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((k) => k === kind).length]));
};

const visible: Readonly<Record<string, (lengths: Tensor, mask: Tensor) => AttentionOptions>> = {
  everything: () => ({}),
  "what came before": () => ({ causal: true }),
  "keys by length": (keyLengths) => ({ keyLengths }),
  "keys by length, before, by mask": (keyLengths, mask) => ({ keyLengths, mask, causal: true }),
};
for (const [name, options] of Object.entries(visible))
  test(`seeing ${name} takes six steps forward and six back, one and two more for leaving keys out, and two arrays of queries and keys`, () => {
    const attend = ({ q, k, v }: Operands, lengths: Tensor, mask: Tensor): Tensor =>
      scaledDotAttention(q, k, v, options(lengths, mask)).output;
    const given = [operands, i32, f32(steps, steps)];
    const forward = programOf(attend, given),
      both = programOf((x: Operands, l: Tensor, m: Tensor, d: Tensor) => gradient(attend(x, l, m), x, d), [...given, operands.q]);
    const cleaning = name.includes("length") ? 1 : 0; // of keys and values together, and back of the gradient of each
    expect(counts(forward)).toEqual({ map: 2 + cleaning, matmul: 2, reduce: 2 });
    expect(counts(both)).toEqual({ map: 3 + 3 * cleaning, matmul: 6, reduce: 3 });
    expect(scratchOf(forward).filter((n) => n >= batch * steps * steps)).toHaveLength(1);
    expect(scratchOf(both).filter((n) => n >= batch * steps * steps)).toHaveLength(2);
  });

for (const heads of [1, 4])
  test(`${heads} heads are ${heads === 1 ? "a view" : "views"} of their projections: four products more forward, eleven back`, () => {
    const module = multiHeadAttention({ heads, useBias: false });
    const weights = Object.fromEntries(
      Object.entries(module.weights({ query: features })).map(([name, { axes }]) => [name, f32(...Object.values<number>(axes))]),
    );
    const run = (w: Projections<Tensor>, query: Tensor): Tensor => module.run(w, { query, causal: true }).output;
    const forward = programOf(run, [weights, f32(batch, steps, features)]),
      both = programOf(
        (w: Projections<Tensor>, x: Tensor, d: Tensor) => gradient(run(w, x), { w, x } as never, d),
        [weights, f32(batch, steps, features), f32(batch, steps, features)],
      );
    expect(counts(forward)).toEqual({ map: 2, matmul: 6, reduce: 2 });
    expect(counts(both)).toEqual({ map: 4, matmul: 17, reduce: 3 });
    expect(scratchOf(both).filter((n) => n >= batch * heads * steps * steps)).toHaveLength(2);
  });

test("weights and scores cost a map where they are wanted, and nothing where they are not", () => {
  const run = (x: Operands) => scaledDotAttention(x.q, x.k, x.v);
  expect(counts(programOf(run, [operands]))).toEqual({ map: 4, matmul: 2, reduce: 2 });
  const weighed = (x: Operands) => ({ output: run(x).output, weights: run(x).weights });
  expect(counts(programOf(weighed, [operands]))).toEqual({ map: 3, matmul: 2, reduce: 2 });
  expect(counts(programOf((x: Operands) => run(x).weights, [operands]))).toEqual({ map: 2, matmul: 1, reduce: 2 });
});

test("grouped heads read keys and values where they lie", () => {
  const module = multiHeadAttention({ heads: 4, keyValueHeads: 2, useBias: false });
  const weights = Object.fromEntries(
    Object.entries(module.weights({ query: features })).map(([name, { axes }]) => [name, f32(...Object.values<number>(axes))]),
  );
  const run = (w: Projections<Tensor>, query: Tensor): Tensor => module.run(w, { query }).output;
  expect(counts(programOf(run, [weights, f32(batch, steps, features)]))).toEqual({ map: 2, matmul: 6, reduce: 2 });
});
