import { SluiceError } from "./failure.ts";
import { checkShape, given, readNumbers, sizeOf, type Given } from "./numbers.ts";
import type { Machine } from "./machine.ts";
import type { Port } from "./plan.ts";

/** Numbers with their shape, row-major: the caller's own. */
export interface Output {
  readonly dtype: "f32" | "i32";
  readonly shape: readonly number[];
  readonly axes?: readonly (string | undefined)[];
  readonly data: Float32Array | Int32Array;
}

/** What was given for each name; of one end without a name, that itself. Throws INVALID_ARGUMENT for one that is missing or unknown. */
function byName(
  who: string,
  what: string,
  value: unknown,
  names: readonly string[] | null,
  needsAll: boolean,
): Readonly<Record<string, unknown>> {
  if (names === null) return { x: value };
  const record = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const missing = names.filter((name) => !Object.hasOwn(record, name)),
    unknown = Object.keys(record).filter((name) => !names.includes(name));
  if (unknown.length > 0 || (needsAll && missing.length > 0))
    throw new SluiceError(
      "INVALID_ARGUMENT",
      who,
      `${what} must be a record of ${names.join(", ")}, got ${Object.keys(record).join(", ") || typeof value}`,
      { missing, unknown },
    );
  return record;
}

/** What inputs of several rows are read by. */
export interface Reading {
  readonly who: string;
  readonly ports: readonly Port[];
  readonly names: readonly string[] | null;
  /** Or exactly as many as there is room for. */
  readonly atMost: boolean;
}

/** Writes whole inputs to memory, and the last row again where there are fewer than there is room for. Returns how many there are. */
export function readInputs(machine: Machine, x: unknown, lengths: unknown, { who, ports, names, atMost }: Reading): number {
  const values = byName(who, "x", x, names, true);
  const label = (what: string, name: string): string => (names === null ? what : `${what}.${name}`);
  const arrays = ports.map((port) => [port, given(who, label("x", port.name), values[port.name], port.row)] as const);
  for (const [{ rows, row, axes }, array] of arrays) checkShape(array, [rows, ...row], axes, atMost);
  const rows = arrays[0]?.[1].shape[0] ?? 1;
  for (const [, { name, shape }] of arrays)
    if (shape[0] !== rows) throw new SluiceError("SHAPE_MISMATCH", who, `${name} has ${shape[0]} rows, the first input has ${rows}`);
  const counted = readLengths(machine, lengths, rows, { who, ports, names, atMost });
  for (const [port, array] of arrays) {
    const all = machine.view(port);
    const size = sizeOf(port.row);
    readNumbers(array, all.subarray(0, rows * size), port, counted.get(port));
    repeatLast(all, rows, size);
  }
  return rows;
}

/** Where none are given all steps count. */
function readLengths(machine: Machine, lengths: unknown, rows: number, { who, ports, names }: Reading): ReadonlyMap<Port, Int32Array> {
  const taken = ports.flatMap((port) =>
    port.lengthsAt === undefined ? [] : [[port, machine.lengths(port.lengthsAt, port.rows)] as const],
  );
  if (taken.length === 0 && lengths !== undefined)
    throw new SluiceError("INVALID_ARGUMENT", who, "lengths must be left out: this file was made without. Export with the option lengths");
  const known = names === null ? null : taken.map(([{ name }]) => name);
  const values = lengths === undefined ? {} : byName(who, "lengths", lengths, known, false);
  return new Map(
    taken.map(([port, into]) => {
      const [steps = 1] = port.row,
        value = Object.hasOwn(values, port.name) ? values[port.name] : undefined;
      if (value === undefined) return [port, into.fill(steps)];
      const array: Given = given(who, names === null ? "lengths" : `lengths.${port.name}`, value, []);
      checkShape(array, [rows]);
      readNumbers(array, into.subarray(0, rows), { dtype: "i32", indices: steps + 1 });
      repeatLast(into, rows, 1);
      return [port, into];
    }),
  );
}

function repeatLast(all: Float32Array | Int32Array, rows: number, size: number): void {
  for (let at = rows * size; at < all.length; at += size) all.copyWithin(at, (rows - 1) * size, rows * size);
}

/** Copies of the outputs, by name or that of the one without. */
export function outputsOf(machine: Machine, ports: readonly Port[], names: readonly string[] | null, rows?: number): unknown {
  const each = ports.map((port) => [port.name, outputOf(machine, port, rows)] as const);
  return names === null ? each[0]?.[1] : Object.fromEntries(each);
}

function outputOf(machine: Machine, port: Port, rows = port.rows): Output {
  const { dtype, axes, row } = port;
  return { dtype, shape: [rows, ...row], ...(axes !== undefined && { axes }), data: machine.view(port, 0, rows).slice() };
}
