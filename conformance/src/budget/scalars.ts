// Each scalar operation on a number that is known up to an error: its value, and how far a backend's value may lie from it.
import type { BinaryOp, UnaryOp } from "@sluice/core";
import { binary, unary } from "@sluice/core/kit";
import type { Model } from "./model.ts";

/** A value, and the most by which a backend's may differ; an error of infinity says that it may be anything. */
export interface Known {
  readonly value: number;
  readonly error: number;
}

export const anything: Known = { value: NaN, error: Infinity };

export function exactly(value: number): Known {
  return { value, error: 0 };
}

export function applyUnary(model: Model, op: UnaryOp, x: Known): Known {
  const value = unary[op](x.value);
  return settle(
    model,
    value,
    [x],
    () => spread[op](x, value) + (op === "neg" || op === "floor" ? 0 : model.rounding(op, reach(value, x, op))),
  );
}

export function applyBinary(model: Model, op: BinaryOp, x: Known, y: Known): Known {
  const value = binary[op](x.value, y.value);
  if (op === "less") return compare(value, x, y);
  if (op === "div" && Math.abs(y.value) <= y.error) return anything; // a zero of either sign, or a pole
  return settle(model, value, [x, y], () => {
    const carried = joint[op](x, y, value);
    const exact = op === "max" || op === "min" || (carried === 0 && op !== "div" && small(value));
    return carried + (exact ? 0 : model.rounding(op === "div" ? "div" : "sum", Math.abs(value) + carried));
  });
}

/** x where the test is not 0, otherwise y; either where rounding decides. */
export function applySelect(test: Known, x: Known, y: Known): Known {
  if (test.error === Infinity) return anything;
  if (Number.isNaN(test.value) || Math.abs(test.value) > test.error) return x;
  if (test.error === 0) return y;
  const error = Math.max(y.error, Math.abs(x.value - y.value) + x.error);
  return Number.isNaN(error) ? anything : { value: y.value, error };
}

/** Whole numbers that every type computes exactly. */
function small(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 2 ** 24;
}

/** Σ terms, added in whatever order: every partial sum is at most the sum of sizes, and each addition rounds one of them. */
export function add(model: Model, terms: readonly Known[]): Known {
  const value = terms.reduce((sum, term) => sum + term.value, 0);
  const size = terms.reduce((sum, term) => sum + Math.abs(term.value) + term.error, 0);
  const finite = terms.reduce((sum, term) => sum + (Number.isFinite(term.value) ? Math.abs(term.value) + term.error : 0), 0);
  if (finite > model.largest) return anything; // some order of additions passes through infinity
  return settle(model, value, terms, () => {
    const carried = terms.reduce((sum, { error }) => sum + error, 0);
    return carried === 0 && small(size) && terms.every((term) => Number.isInteger(term.value))
      ? 0
      : carried + terms.length * model.rounding("sum", size);
  });
}

/** The largest of the terms; −∞ of none. */
export function largest(model: Model, terms: readonly Known[]): Known {
  if (terms.length === 0) return model.keeps.infinity ? exactly(-Infinity) : anything;
  const value = terms.reduce((most, term) => Math.max(most, term.value), -Infinity);
  return settle(model, value, terms, () => terms.reduce((most, { value, error }) => Math.max(most, Number.isFinite(value) ? error : 0), 0));
}

/** How an error in x shows in the result. */
const spread: { readonly [O in UnaryOp]: (x: Known, value: number) => number } = {
  neg: (x) => x.error,
  floor: (x, value) => Math.max(value - Math.floor(x.value - x.error), Math.floor(x.value + x.error) - value),
  exp: (x, value) => value * Math.expm1(x.error),
  log: (x) => (x.value > x.error ? -Math.log1p(-x.error / x.value) : x.error === 0 ? 0 : Infinity),
  log1p: (x) => (1 + x.value > x.error ? -Math.log1p(-x.error / (1 + x.value)) : x.error === 0 ? 0 : Infinity),
  expm1: (x) => Math.exp(x.value) * Math.expm1(x.error),
  sqrt: (x, value) => {
    if (x.error === 0) return 0;
    return x.value < x.error ? Infinity : Math.max(Math.sqrt(x.value + x.error) - value, value - Math.sqrt(x.value - x.error)); // below 0 it is NaN
  },
  // The slope is largest where the interval comes closest to 0. Far from it 1 − y would cancel: hence σ(a)·σ(−a) and 1/cosh²a.
  tanh: (x) => x.error / Math.cosh(nearest(x)) ** 2,
  sigmoid: (x) => x.error * unary.sigmoid(nearest(x)) * unary.sigmoid(-nearest(x)),
  sin: (x, value) => turned(x, value, Math.cos),
  cos: (x, value) => turned(x, value, Math.sin),
  // The slope is 2/√π e^−x².
  erf: (x) => ((x.error * 2) / Math.sqrt(Math.PI)) * Math.exp(-(nearest(x) ** 2)),
};

/** The slope grows by the error at most; beyond 10,000 the result is any number from −1 to 1. */
function turned(x: Known, value: number, slope: (x: number) => number): number {
  if (Math.abs(x.value) + x.error > 10_000) return 1 + Math.abs(value);
  return Math.min(2, x.error * Math.min(1, Math.abs(slope(x.value)) + x.error));
}

/** How near to 0 it may be. */
function nearest({ value, error }: Known): number {
  return Math.max(0, Math.abs(value) - error);
}

const joint: { readonly [O in Exclude<BinaryOp, "less">]: (x: Known, y: Known, value: number) => number } = {
  add: (x, y) => x.error + y.error,
  sub: (x, y) => x.error + y.error,
  mul: (x, y) => Math.abs(x.value) * y.error + Math.abs(y.value) * x.error + x.error * y.error,
  div: (x, y, value) => (x.error + Math.abs(value) * y.error) / (Math.abs(y.value) - y.error),
  max: (x, y) => Math.max(x.error, y.error),
  min: (x, y) => Math.max(x.error, y.error),
};

/** The largest result that the backend may be rounding. */
function reach(value: number, x: Known, op: Exclude<UnaryOp, "neg" | "floor">): number {
  return Math.abs(value) + spread[op](x, value);
}

function compare(value: number, x: Known, y: Known): Known {
  if (x.error + y.error === Infinity) return anything;
  const unordered = Number.isNaN(x.value) || Number.isNaN(y.value);
  const decided = unordered || x.error + y.error === 0 || Math.abs(x.value - y.value) > x.error + y.error;
  return { value, error: decided ? 0 : 1 };
}

/**
 * The result of an operation, given how its error is made if all is finite. A result that is not is certain if it follows from operands that
 * are certain, or from one that is infinite or NaN itself, and if the backend keeps it; otherwise it may be anything.
 */
function settle(model: Model, value: number, operands: readonly Known[], error: () => number): Known {
  if (operands.some((operand) => operand.error === Infinity)) return anything;
  const special = operands.some((operand) => !Number.isFinite(operand.value));
  if (Number.isFinite(value)) {
    const grown = special ? model.rounding("sum", value) * 8 + finiteErrors(operands) : error();
    return Math.abs(value) + grown > model.largest || Number.isNaN(grown) ? anything : { value, error: grown };
  }
  const kept = Number.isNaN(value) ? model.keeps.nan : model.keeps.infinity;
  const certain = special
    ? !operands.some((operand) => operand.error > 0 && Math.abs(operand.value) <= operand.error)
    : operands.every((operand) => operand.error === 0);
  return kept && certain && (special || poles(value, operands)) ? exactly(value) : anything;
}

function finiteErrors(operands: readonly Known[]): number {
  return operands.reduce((sum, { value, error }) => sum + (Number.isFinite(value) ? error : 0), 0);
}

/** Did a finite operand make this by a pole or outside the domain (log 0, log1p −1, √−1), not by growing past the largest number? */
function poles(value: number, operands: readonly Known[]): boolean {
  return Number.isNaN(value) || (value === -Infinity && operands.length === 1 && [0, -1].includes(operands[0]!.value));
}
