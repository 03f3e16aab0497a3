// What a node reads, at several sizes of the inputs, as one thing for all of them.
import type { Affine, Data, Ints, Operand, Scalar, Value } from "../emission/values.ts";
import type { Scope } from "./scope.ts";
import { Unlike } from "./unlike.ts";
import { nth } from "../../read/there.ts";

export function joinOperand(operands: readonly Operand[], scope: Scope, origin: string): string {
  const [first] = operands as readonly [Operand];
  if (!operands.every(({ kind }) => kind === first.kind)) throw new Unlike([{ origin, what: "reads other things for other sizes" }]);
  switch (first.kind) {
    case "absent":
      return "";
    case "value":
      if (!operands.every((value) => (value as Value).name === first.name))
        throw new Unlike([{ origin, what: "reads other things for other sizes" }]); // all are of the first's kind
      return first.name;
    case "ints":
      return joinInts(operands as readonly Ints[], scope, origin); // likewise
    case "scalar":
      return joinScalar(operands as readonly Scalar[], scope, origin); // likewise
    case "data":
      return joinData(operands as readonly Data[], scope, origin); // likewise
    case "affine":
      return joinAffine(operands as readonly Affine[], scope, origin); // likewise
  }
}

export function joinInts(all: readonly Ints[], scope: Scope, origin: string): string {
  const [{ values }] = all as readonly [Ints];
  const formulas = values.map((_, k) => {
    const formula = scope.fit(all.map((each) => each.values[k] ?? NaN));
    return formula ?? unfit(origin, "a size");
  });
  if (formulas.every(({ terms }) => terms.length === 0)) return scope.constants.ints(formulas.map(({ constant }) => constant));
  const parts = formulas.map((formula) => scope.compute(formula));
  return parts.length === 1 ? nth(parts, 0) : scope.add("Concat", parts, { axis: { kind: "int", value: 0 } }); // there is one
}

function joinScalar(all: readonly Scalar[], scope: Scope, origin: string): string {
  const [first] = all as readonly [Scalar];
  const seen = all.map(({ value }) => value);
  const formula = scope.fit(seen);
  if (formula !== undefined) return formula.terms.length === 0 ? scope.constants.scalar(first) : scope.number(formula, first.elem);
  const share = scope.fit(seen.map((n) => Math.round(1 / n))) ?? unfit(origin, "a number"); // means are sums times 1 / n
  if (!seen.every((n) => n === 1 / Math.round(1 / n))) return unfit(origin, "a number");
  return scope.add("Div", [scope.constants.scalar({ ...first, value: 1 }), scope.number(share, first.elem)]);
}

function joinData(all: readonly Data[], scope: Scope, origin: string): string {
  const [first] = all as readonly [Data];
  if (all.every(({ data, shape }) => data === first.data || (shape.join() === first.shape.join() && data.every((n: number, i: number) => Object.is(n, first.data[i]))))) return scope.constants.data(first); // prettier-ignore
  const axis = first.shape.findIndex((n) => n !== 1);
  const progressions = all.map(({ data }) => progressionOf(data));
  if (!all.every(({ shape }) => shape.every((n, a) => n === 1 || a === axis)) || !progressions.every((each) => each !== undefined))
    throw new Unlike([{ origin, what: "holds numbers that were computed for one number of steps", isCertain: true }]);
  const affine = progressions.map(({ offset, step }, p): Affine => {
    const n = nth(all, p).data.length; // one for each
    return { kind: "affine", offset, axes: [{ n, step }], shape: [n], elem: "i64" };
  });
  const range = joinAffine(affine, scope, origin);
  const typed = scope.add("Cast", [range], { to: { kind: "int", value: { f32: 1, f64: 11, i32: 6 }[first.elem] } });
  return first.shape.length === 1
    ? typed
    : scope.add("Reshape", [typed, scope.constants.ints(first.shape.map((_, a) => (a === axis ? -1 : 1)))]);
}

function progressionOf(data: Data["data"]): { readonly offset: number; readonly step: number } | undefined {
  const [offset = 0, second = offset] = [data[0], data[1]],
    step = second - offset;
  const isOne = Number.isSafeInteger(offset) && Number.isSafeInteger(step) && data.every((n: number, i: number) => n === offset + i * step);
  return isOne ? { offset, step } : undefined;
}

/** As a constant, or as ranges that are added. */
function joinAffine(all: readonly Affine[], scope: Scope, origin: string): string {
  const [first] = all as readonly [Affine];
  const isSame = all.every((each) => each.offset === first.offset && JSON.stringify(each.axes) === JSON.stringify(first.axes));
  if (isSame) return scope.constants.affine(first);
  const of = (seen: readonly number[]): string => scope.number(scope.fit(seen) ?? unfit(origin, "an index"), "i64");
  const whole = (n: number): string => scope.constants.ints([n], []);
  const ranges = first.axes.map((_, a) => {
    const range = scope.add("Range", [whole(0), of(all.map(({ axes }) => nth(axes, a).n)), whole(1)]); // of one rank
    const steps = all.map(({ axes }) => nth(axes, a).step);
    const scaled = steps.every((step) => step === 1) ? range : scope.add("Mul", [range, of(steps)]);
    const beside = first.axes.map((_, b) => (b === a ? -1 : 1));
    return beside.length === 1 ? scaled : scope.add("Reshape", [scaled, scope.constants.ints(beside)]);
  });
  const offsets = all.map(({ offset }) => offset);
  return [...ranges, ...(offsets.every((n) => n === 0) ? [] : [of(offsets)])].reduce((a, b) => scope.add("Add", [a, b]));
}

function unfit(origin: string, what: string): never {
  throw new Unlike([{ origin, what: `needs ${what} that no simple formula tells from those of the inputs` }]);
}
