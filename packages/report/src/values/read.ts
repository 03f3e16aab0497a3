// Numbers of the caller as plain lists, read once: what happens to the caller's arrays later changes no figure.
import { SluiceError } from "@sluice/core";
import { hostNumbers, type Numbers } from "@sluice/nn/kit";

/** A list of any numbers, in the order in which they lie. Throws as nn's data does. */
export function readList(who: string, name: string, values: Numbers): number[] {
  return Array.from(hostNumbers(values, who, name).data);
}

/** [rows, columns]; where there is no number, null, as JSON writes NaN. */
export type Matrix = Numbers | readonly (readonly (number | null)[])[];

/** Rows of equal lengths, with NaN for null. Throws SHAPE_MISMATCH for what has not two axes. */
export function readMatrix(who: string, name: string, values: Matrix): number[][] {
  const { data, shape } = hostNumbers(withoutNull(values), who, name);
  if (shape.length === 1 && shape[0] === 0) return []; // of no rows one cannot say how long they are
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined || shape.length > 2)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who,
      what: `${name} must be [rows, columns], got [${shape.join(", ")}]`,
      fix: "Pass a list of rows of equal lengths",
      facts: { argument: name, shape },
    });
  const all = Array.from(data);
  return Array.from({ length: rows }, (_, row) => all.slice(row * columns, (row + 1) * columns));
}

/** Rows that have none stay as they are. */
function withoutNull(values: Matrix): Numbers {
  const row = (one: unknown): unknown =>
    Array.isArray(one) && one.includes(null) ? one.map((value: unknown) => (value === null ? Number.NaN : value)) : one;
  return (Array.isArray(values) ? values.map(row) : values) as Numbers; // there is no null in it by now
}

/** Throws SHAPE_MISMATCH where lists that go together differ in length. */
export function checkLengths(who: string, lengths: Readonly<Record<string, number>>): void {
  const sizes = Object.values(lengths);
  if (sizes.every((size) => size === sizes[0])) return;
  const told = Object.entries(lengths).map(([name, length]) => `${name} has ${length}`);
  throw new SluiceError({ code: "SHAPE_MISMATCH", who, what: `lists must be of one length: ${told.join(", ")}`, facts: lengths });
}

/** What a figure leaves out, told; undefined where it leaves out none. */
export function leftOut(name: string, values: readonly number[]): string | undefined {
  const count = values.filter((value) => !Number.isFinite(value)).length;
  if (count === 0) return undefined;
  return `${count === values.length ? "No value" : `${count} of ${values.length} values`} of ${name} ${count === 1 || count === values.length ? "is" : "are"} ${
    count === values.length ? "finite" : "not finite"
  }: ${count === 1 ? "it is" : "they are"} not drawn.`;
}

/** The least and the largest of the finite ones; undefined where there is none. */
export function extent(values: Iterable<number>): readonly [low: number, high: number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
