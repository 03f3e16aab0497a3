// What every backend owes operations along an axis that choose, order and add up: the numbers of a plain computation, to the bit, since none of them rounds here.
import { argmin, argsort, cumulativeSum, gradient, min, sort, topK, type HostArray, type Tensor } from "@sluice/core";
import fc from "fast-check";
import { type Law, property } from "../law.ts";
import { leaves, type Tree } from "../tree.ts";
import type { Read } from "./agree.ts";
import { compiled } from "./compiled.ts";

interface Structure {
  readonly axis: 0 | 1;
  readonly descending: boolean;
  readonly exclusive: boolean;
  readonly k: number;
}

const [rows, columns] = [3, 4];

/** Few, so that there are ties; whole and small, so that sums are exact. */
const numbers = fc.array(fc.constantFrom(0, 1, -1, 2, 5, -7), { minLength: rows * columns, maxLength: rows * columns });
const specials = fc.array(fc.constantFrom(0, 1, -1, NaN, Infinity, -Infinity), { minLength: rows * columns, maxLength: rows * columns });

const ordered = compiled(({ axis, descending, k }: Structure) => ({ x, w }: { readonly x: Tensor; readonly w: Tensor }) => ({
  sorted: sort(x, axis, { descending }),
  order: argsort(x, axis, { descending }),
  top: topK(x, k, { axis, largest: descending }),
  least: min(x, axis),
  place: argmin(x, axis),
  slope: gradient(sort(x, axis, { descending }).mul(w).sum(), x),
}));

const summed = compiled(({ axis, descending, exclusive }: Structure) => ({ x, w }: { readonly x: Tensor; readonly w: Tensor }) => {
  const sums = (t: Tensor): Tensor => cumulativeSum(t, axis, { exclusive, reverse: descending });
  return { sums: sums(x), slope: gradient(sums(x).mul(w).sum(), x) };
});

export const orderingLaw: Law = property(
  "ordering: sort, argsort, topK, minima and running sums are those of a plain computation, ties, NaN and infinities among them",
  fc.record({
    structure: fc.record<Structure>({
      axis: fc.constantFrom(0, 1),
      descending: fc.boolean(),
      exclusive: fc.boolean(),
      k: fc.integer({ min: 1, max: 3 }),
    }),
    x: numbers,
    special: specials,
  }),
  async (backend, { structure, x, special }) => {
    const { nan, infinity } = backend.supports.keeps;
    const wild = nan && infinity ? special : x;
    same(await ordered(backend, structure, inputs(wild)), plainOrder(structure, wild));
    same(await summed(backend, structure, inputs(x)), plainSums(structure, x));
  },
);

function inputs(x: readonly number[]): { readonly x: HostArray; readonly w: HostArray } {
  return { x: hosted(x), w: hosted(x.map((_, i) => i + 1)) };
}

function hosted(values: readonly number[]): HostArray {
  return { dtype: "f32", shape: [rows, columns], data: Float32Array.from(values) };
}

type Plain = Readonly<Record<string, readonly number[]>>;

/** What `each` makes of every line along the axis, laid out as they lay; by name. */
function lines(axis: 0 | 1, x: readonly number[], each: (line: readonly number[], at: readonly number[]) => Plain): Plain {
  const [count, length] = axis === 0 ? [columns, rows] : [rows, columns];
  const made = Array.from({ length: count }, (_, line) => {
    const at = Array.from({ length }, (_, i) => (axis === 0 ? i * columns + line : line * columns + i));
    return each(
      at.map((i) => x[i] ?? NaN),
      at,
    );
  });
  const joined = (name: string): number[] => {
    const parts = made.map((line) => line[name] ?? []),
      size = parts[0]?.length ?? 0;
    return axis === 1 ? parts.flat() : Array.from({ length: size }, (_, i) => parts.map((part) => part[i] ?? NaN)).flat();
  };
  return Object.fromEntries(Object.keys(made[0] ?? {}).map((name) => [name, joined(name)]));
}

/** NaN above all numbers; what is equal as it lies. */
function orderOf(x: readonly number[], descending: boolean): number[] {
  const isLess = (a: number, b: number): boolean => (Number.isNaN(b) ? !Number.isNaN(a) : a < b);
  const compare = (a: number, b: number): number => (isLess(a, b) ? -1 : isLess(b, a) ? 1 : 0);
  return x.map((_, i) => i).sort((i, j) => (descending ? -1 : 1) * compare(x[i] ?? NaN, x[j] ?? NaN) || i - j);
}

function plainOrder({ axis, descending, k }: Structure, x: readonly number[]): Plain {
  return lines(axis, x, (line, at) => {
    const order = orderOf(line, descending),
      least = Math.min(...line);
    const slope = line.map((_, i) => (at[order.indexOf(i)] ?? NaN) + 1);
    const sorted = order.map((i) => line[i] ?? NaN);
    const place = line.findIndex((v) => Object.is(v, least) || v === least);
    return { sorted, order, "top.values": sorted.slice(0, k), "top.indices": order.slice(0, k), least: [least], place: [place], slope };
  });
}

function plainSums({ axis, descending, exclusive }: Structure, x: readonly number[]): Plain {
  return lines(axis, x, (line, at) => ({
    sums: line.map((_, i) => total(line.filter((_, j) => counts(i, j)))),
    slope: line.map((_, j) => total(at.map((place) => place + 1).filter((_, i) => counts(i, j)))),
  }));

  /** Is element j in sum i? */
  function counts(i: number, j: number): boolean {
    return i === j ? !exclusive : descending ? j > i : j < i;
  }
}

function total(terms: readonly number[]): number {
  return terms.reduce((sum, term) => sum + term, 0);
}

function same(got: Tree<Read>, wanted: Plain): void {
  for (const [path, { data }] of leaves(got)) {
    const values = wanted[path];
    if (values?.length !== data.length) throw new Error(`${path} should have ${values?.length} elements, got ${data.length}`);
    values.forEach((value, i) => {
      if (!Object.is((data[i] ?? NaN) + 0, value + 0)) throw new Error(`${path}[${i}] should be ${value}, got ${data[i]}`);
    });
  }
}
