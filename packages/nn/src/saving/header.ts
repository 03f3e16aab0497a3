// The header of a safetensors file: exactly the grammar that the format has, read in one pass, and written.
//
//   {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …, "__metadata__": {text: text}}
import type { DType, Shape, SluiceError } from "@sluice/core";
import { maxElements, maxRank, show } from "@sluice/core/arguments";
import { Scanner } from "./scanner.ts";

/** Where an array lies among the data, in bytes from its start. */
export interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the data. */
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Failures {
  /** What is damaged. */
  corrupt(what: string): SluiceError;
  /** What may be whole, but not for us. */
  foreign(what: string): SluiceError;
}

const types = { F32: "f32", F64: "f64", I32: "i32" } as const satisfies Record<string, DType>;
const names = { f32: "F32", f64: "F64", i32: "I32" } as const satisfies Record<DType, keyof typeof types>;
const bytesOf = { f32: 4, f64: 8, i32: 4 } as const satisfies Record<DType, number>;

/** Metadata first, which is where others look for them. */
export function writeHeader({ entries, metadata }: Header): string {
  const arrays = entries.map(
    ({ name, dtype, shape, begin, end }) =>
      `${JSON.stringify(name)}:{"dtype":"${names[dtype]}","shape":[${shape.join()}],"data_offsets":[${begin},${end}]}`,
  );
  return `{${[`"__metadata__":${JSON.stringify(metadata)}`, ...arrays].join()}}`;
}

/** The header of a file whose data are `length` bytes: its arrays follow each other without a hole from the first byte to the last. */
export function parseHeader(text: string, length: number, failures: Failures): Header {
  const scanner = new Scanner(text, failures.corrupt);
  const entries = new Map<string, Entry>();
  let metadata: Map<string, string> | undefined;
  scanner.items("{", "}", () => {
    const name = nameIn(scanner);
    if (name === "__metadata__" ? metadata !== undefined : entries.has(name)) throw scanner.fail(`${show(name)} is there twice`);
    scanner.take(":");
    if (name === "__metadata__") metadata = texts(scanner);
    else entries.set(name, entry(scanner, name, failures));
  });
  scanner.end();
  const ordered = [...entries.values()].sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(ordered, length, failures);
  return { entries: ordered, metadata: Object.fromEntries(metadata ?? []) };
}

/** A text that UTF-8 can hold: half a surrogate pair, which an escape can name, is none. */
function nameIn(scanner: Scanner): string {
  const name = scanner.string();
  if (/\p{Surrogate}/u.test(name)) throw scanner.fail("a name has half a surrogate pair");
  return name;
}

function texts(scanner: Scanner): Map<string, string> {
  const found = new Map<string, string>();
  scanner.items("{", "}", () => {
    const key = nameIn(scanner);
    if (found.has(key)) throw scanner.fail(`${show(key)} is there twice in the metadata`);
    scanner.take(":");
    found.set(key, nameIn(scanner));
  });
  return found;
}

function entry(scanner: Scanner, name: string, failures: Failures): Entry {
  const { corrupt, foreign } = failures;
  const who = `array ${show(name)}`;
  const given: { dtype?: string; shape?: number[]; data_offsets?: number[] } = {};
  scanner.items("{", "}", () => {
    const field = scanner.string();
    if (Object.hasOwn(given, field)) throw scanner.fail(`${show(field)} of ${who} is there twice`);
    scanner.take(":");
    if (field === "dtype") given.dtype = scanner.string();
    else if (field === "shape") given.shape = wholes(scanner, maxRank);
    else if (field === "data_offsets") given.data_offsets = wholes(scanner, 2);
    else throw scanner.fail(`${who} has a field ${show(field)} that the format does not have`);
  });
  const { dtype, shape, data_offsets: [begin, end] = [] } = given;
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined)
    throw corrupt(`${who} lacks its dtype, its shape or one of its two offsets`);
  if (!isType(dtype)) throw foreign(`${who} is of dtype ${show(dtype)}, not one of ${Object.keys(types).join(", ")}`);
  const elements = shape.reduce((product, n) => product * n, 1);
  const bytes = elements * bytesOf[types[dtype]];
  if (end - begin !== bytes) throw corrupt(`${who} [${shape.join(", ")}] of ${dtype} takes ${bytes} bytes, it has ${end - begin}`);
  if (elements > maxElements) throw foreign(`${who} has more than ${maxElements} elements`);
  return { name, dtype: types[dtype], shape, begin, end };
}

function wholes(scanner: Scanner, most: number): number[] {
  const found: number[] = [];
  scanner.items("[", "]", () => {
    if (found.length === most) throw scanner.fail(`there are more than ${most} numbers`);
    found.push(scanner.whole());
  });
  return found;
}

function checkTiling(ordered: readonly Entry[], length: number, { corrupt }: Failures): void {
  let at = 0;
  for (const { name, begin, end } of ordered) {
    if (begin !== at) throw corrupt(`array ${show(name)} begins at byte ${begin} of the data, the one before it ends at ${at}`);
    at = end;
  }
  if (at !== length) throw corrupt(`its arrays take ${at} bytes, ${length} are there`);
}

function isType(value: string): value is keyof typeof types {
  return Object.hasOwn(types, value);
}
