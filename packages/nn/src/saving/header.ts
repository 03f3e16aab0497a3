// The header of a safetensors file: exactly the grammar that the format has, with all of its types, read in one pass, and written.
//
//   {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …, "__metadata__": {text: text}}
import type { Shape, SluiceError } from "@sluice/core";
import { maxElements, maxRank, show } from "@sluice/core/arguments";
import { Scanner } from "./scanner.ts";

/** The types of the format, and how many bits an element takes; rows of those with fewer than 8 are packed. */
export const storedBits = {
  ...{ BOOL: 8, U8: 8, I8: 8, U16: 16, I16: 16, U32: 32, I32: 32, U64: 64, I64: 64 },
  ...{ BF16: 16, F16: 16, F32: 32, F64: 64, C64: 64 },
  ...{ F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
} as const;
export type StoredType = keyof typeof storedBits;

/** Where an array lies among the data, in bytes from its start. */
export interface Stored {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export interface StoredHeader {
  /** In the order of the data. */
  readonly entries: readonly Stored[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Failures {
  /** What is damaged. */
  corrupt(what: string, cause?: unknown): SluiceError;
  /** What may be whole, but not for us. */
  foreign(what: string): SluiceError;
}

/** Metadata first, which is where others look for them. */
export function writeHeader({ entries, metadata }: StoredHeader): string {
  const arrays = entries.map(
    ({ name, type, shape, begin, end }) =>
      `${JSON.stringify(name)}:{"dtype":"${type}","shape":[${shape.join()}],"data_offsets":[${begin},${end}]}`,
  );
  return `{${[`"__metadata__":${JSON.stringify(metadata)}`, ...arrays].join()}}`;
}

/** The header of a file whose data are `length` bytes: its arrays follow each other without a hole from the first byte to the last. */
export function parseHeader(text: string, length: number, failures: Failures): StoredHeader {
  const scanner = new Scanner(text, failures.corrupt);
  const entries = new Map<string, Stored>();
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

function entry(scanner: Scanner, name: string, failures: Failures): Stored {
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
  if (!isType(dtype)) throw foreign(`${who} is of dtype ${show(dtype)}, which the format does not have`);
  const elements = shape.reduce((product, n) => product * n, 1);
  const bytes = (elements * storedBits[dtype]) / 8;
  if (end - begin !== bytes) throw corrupt(`${who} [${shape.join(", ")}] of ${dtype} takes ${bytes} bytes, it has ${end - begin}`);
  if (elements > maxElements) throw foreign(`${who} has more than ${maxElements} elements`);
  return { name, type: dtype, shape, begin, end };
}

function wholes(scanner: Scanner, most: number): number[] {
  const found: number[] = [];
  scanner.items("[", "]", () => {
    if (found.length === most) throw scanner.fail(`there are more than ${most} numbers`);
    found.push(scanner.whole());
  });
  return found;
}

function checkTiling(ordered: readonly Stored[], length: number, { corrupt }: Failures): void {
  let at = 0;
  for (const { name, begin, end } of ordered) {
    if (begin !== at) throw corrupt(`array ${show(name)} begins at byte ${begin} of the data, the one before it ends at ${at}`);
    at = end;
  }
  if (at !== length) throw corrupt(`its arrays take ${at} bytes, ${length} are there`);
}

function isType(value: string): value is StoredType {
  return Object.hasOwn(storedBits, value);
}
