import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellOf, cells, dataOf, erased, structures } from "../arbitraries/cells.ts";
import { mapTree, type Tree } from "../tree.ts";
import { toldApart, type Case } from "./apart.ts";
import { blocks, full, join, type Bounded } from "./bounded.ts";
import type { Cell, Named } from "./cell.ts";
import { lstm } from "./lstm.ts";
import { mutants, type Mutant } from "./mutants.ts";
import { recurrence } from "./sequence.ts";

const all = cells.map((choice) => {
  const cell = cellOf(choice) as unknown as Cell;
  return {
    name: cell.name,
    cell,
    orders: reorderings(cell),
    pass: () =>
      structures(choice)
        .filter(({ units }) => units < 10)
        .flatMap((structure) => [drawn(structure), drawn(structure, 3)]),
  };
});

describe.each(all)("$name", ({ cell, pass }) => {
  test("one pass over the pool tells every wrong operation apart", () => {
    const wrong = mutants(cell);
    expect(wrong.length).toBeGreaterThan(60);
    expect(survivors(wrong, pass()).filter((name) => !same.some((pattern) => pattern.test(name)))).toEqual([]);
  });
});

/** These compute the same: y·(1 − y) has one value for y and for 1 − y, relu(x) > 0 where x > 0, and what was clipped is clipped again. */
const same = [/^clipSlope \d+ with clip \d+ /, /^sigmoidSlope \d+ with complement \d+ /, /^reluSlope \d+ with relu \d+ /];

describe.each(all.filter(({ orders }) => orders.length > 0))("$name", ({ orders, pass }) => {
  test("one pass over the pool tells every other order of gates apart", () => {
    expect(survivors(orders, pass())).toEqual([]);
  });
});

test("were all weights one number, every order of an LSTM's gates would give the right outputs", () => {
  const cell = lstm() as unknown as Cell;
  const [structure] = structures({ cell: "lstm" }).filter(({ steps }) => steps > 1);
  const { x, weights } = drawn(structure!).data;
  const outputs = (of: Cell, filled: Tree<Bounded>) =>
    running(of, { structure: structure! })({ units: structure!.units, weights: filled, x }).outputs.value;
  const agreeing = (filled: Tree<Bounded>) =>
    reorderings(cell).filter((order) => isDeepStrictEqual(outputs(order.cell, filled), outputs(cell, filled)));
  expect(agreeing(mapTree(weights, ({ shape }) => full(shape, 0.1)))).toHaveLength(23);
  expect(agreeing(weights)).toHaveLength(0);
});

/** The names of those that no example tells from the right cell. */
function survivors(wrong: readonly Mutant[], pass: readonly Case[]): readonly string[] {
  return wrong.filter(({ cell }) => !pass.some((on) => toldApart(running(cell, on), on))).map(({ name }) => name);
}

function drawn(structure: Case["structure"], scale = 1): Case {
  const seed = fc.sample(fc.integer({ min: 0, max: 2 ** 31 - 2 }), 1)[0]!;
  return { structure, data: dataOf({ structure, dtype: "f32", scale, seed }) };
}

function running(cell: Cell, { structure: { choice } }: Pick<Case, "structure">) {
  return erased(recurrence(cell as Cell<Named, { readonly h: Bounded }>, { reverse: choice.kind === "recurrence" && choice.reverse })).run;
}

/** `cell` with its gate columns in every other order. */
function reorderings(cell: Cell): readonly Mutant[] {
  const gates = cell.weights({ input: 1, units: 1 })["b"]!.shape[0]!;
  return permutations(Array.from({ length: gates }, (_, i) => i))
    .slice(1)
    .map((order) => ({ name: `gates ${order.join(" ")}`, cell: reordered(cell, order) }));
}

function reordered(cell: Cell, order: readonly number[]): Cell {
  const by = (weights: Named, order: readonly number[]) =>
    mapTree<Bounded, Bounded>(weights, (leaf, name) => (name === "bh" ? leaf : columns(leaf, order))) as Named;
  return {
    ...cell,
    step(arithmetic, weights, x, state) {
      const step = cell.step(arithmetic, by(weights, order), x, state);
      const back = (d: Named) => {
        const gradients = step.backward(d);
        return {
          ...gradients,
          weights: by(
            gradients.weights,
            order.map((_, i) => order.indexOf(i)),
          ),
        };
      };
      return { state: step.state, backward: back };
    },
  };
}

function columns(x: Bounded, order: readonly number[]): Bounded {
  const parts: readonly Bounded[] = blocks(x, order.length as 4); // 3 or 4: as many as the cell has gates
  return join(...(order.map((i) => parts[i]!) as [Bounded, ...Bounded[]]));
}

/** The given order first. */
function permutations<T>(of: readonly T[]): readonly (readonly T[])[] {
  return of.length === 0 ? [[]] : of.flatMap((first, i) => permutations(of.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}
