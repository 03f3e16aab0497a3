// The files that are wanted of a zip file (PKWARE's APPNOTE 6.3): their sizes are known from its directory, and refused, before anything is inflated. What is stored is
// not copied; fflate inflates the rest, into memory of the size that was said.
import { inflateSync } from "fflate";
import { SluiceError } from "@sluice/core";
import { show } from "@sluice/core/arguments";
import { crc32 } from "./crc32.ts";

/** Inflated files may be as large together as the zip file, so many times, and this. */
const mostRatio = 4,
  mostBeside = 2 ** 20;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/**
 * By name, those of `wanted` that are there; views of `bytes` where they are stored. Throws FILE_FOREIGN for what is no zip file, FILE_CORRUPT for one that is damaged or has a name twice or one
 * that leads elsewhere, UNSUPPORTED for what is encrypted, packed otherwise or too large.
 */
export function unzip(bytes: Uint8Array, wanted: readonly string[], who: string): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directory(view, bytes, who);
  for (const { name } of entries) if (leadsElsewhere(name)) throw corrupt(who, `a file in it is named ${show(name)}`);
  const names = new Set(entries.map(({ name }) => name));
  if (names.size < entries.length) throw corrupt(who, "two files in it have one name");
  const found = entries.filter(({ name }) => wanted.includes(name));
  const inflated = found.reduce((sum, { method, size }) => sum + (method === stored ? 0 : size), 0);
  if (inflated > bytes.length * mostRatio + mostBeside) throw tooLarge(who, inflated, bytes.length);
  return new Map(found.map((entry) => [entry.name, contents(entry, view, bytes, who)]));
}

const stored = 0,
  deflated = 8;

const end = 0x06054b50,
  central = 0x02014b50,
  local = 0x04034b50;

function directory(view: DataView, bytes: Uint8Array, who: string): readonly Entry[] {
  const at = endOf(view);
  if (at === undefined) throw foreign(who, bytes);
  const count = view.getUint16(at + 10, true);
  let next = view.getUint32(at + 16, true);
  if (count === 0xffff || next === 0xffffffff)
    throw unsupported(who, "is of more than 4 GiB (zip64)", "Save the weights alone: model.save_weights(path)");
  return Array.from({ length: count }, () => {
    if (next + 46 > view.byteLength || view.getUint32(next, true) !== central) throw corrupt(who, "its directory is cut short");
    const [nameSize, extraSize, noteSize] = [
      view.getUint16(next + 28, true),
      view.getUint16(next + 30, true),
      view.getUint16(next + 32, true),
    ];
    if (next + 46 + nameSize > view.byteLength) throw corrupt(who, "its directory is cut short");
    if ((view.getUint16(next + 8, true) & 1) !== 0) throw unsupported(who, "is encrypted", "Save it without a password");
    const entry: Entry = {
      name: new TextDecoder().decode(bytes.subarray(next + 46, next + 46 + nameSize)),
      method: view.getUint16(next + 10, true),
      crc: view.getUint32(next + 16, true),
      packed: view.getUint32(next + 20, true),
      size: view.getUint32(next + 24, true),
      at: view.getUint32(next + 42, true),
    };
    next += 46 + nameSize + extraSize + noteSize;
    return entry;
  });
}

/** Where the end of the directory stands, behind which a comment may. */
function endOf(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--)
    if (view.getUint32(at, true) === end) return at;
  return undefined;
}

function leadsElsewhere(name: string): boolean {
  return name.startsWith("/") || name.includes("\\") || name.includes("\0") || /^[A-Za-z]:/.test(name) || name.split("/").includes("..");
}

function contents({ name, method, crc, packed, size, at }: Entry, view: DataView, bytes: Uint8Array, who: string): Uint8Array {
  if (at + 30 > bytes.length || view.getUint32(at, true) !== local) throw corrupt(who, `${show(name)} is not where it should be`);
  const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (from + packed > bytes.length) throw corrupt(who, `${show(name)} is cut short`);
  const part = bytes.subarray(from, from + packed);
  if (method !== stored && method !== deflated)
    throw unsupported(who, `has ${show(name)} packed by method ${method}`, "Save it as Keras does, which stores files as they are");
  const whole = method === stored ? part : inflated(part, size, name, who);
  if (whole.length !== size || crc32(whole) !== crc)
    throw corrupt(who, `${show(name)} is not what it was when it was written (its checksum differs)`);
  return whole;
}

function inflated(part: Uint8Array, size: number, name: string, who: string): Uint8Array {
  try {
    return inflateSync(part, { out: new Uint8Array(size) });
  } catch (cause) {
    throw corrupt(who, `${show(name)} cannot be inflated`, cause);
  }
}

function foreign(who: string, { length }: Uint8Array): SluiceError {
  return new SluiceError({
    code: "FILE_FOREIGN",
    who,
    what: `the ${length} bytes are no zip file, or are cut short`,
    fix: 'Keras 3 writes one: model.save("model.keras")',
  });
}

function corrupt(who: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: "FILE_CORRUPT",
    who,
    what: `the zip file is damaged: ${what}`,
    fix: "Copy it once more, or save it again",
    ...(cause !== undefined && { cause }),
  });
}

function unsupported(who: string, what: string, fix: string): SluiceError {
  return new SluiceError({ code: "UNSUPPORTED", who, what: `the zip file ${what}`, fix });
}

function tooLarge(who: string, inflated: number, size: number): SluiceError {
  return new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `the zip file of ${size} bytes would inflate to ${inflated}`,
    fix: "Save it as Keras does, which stores files as they are",
    facts: { inflated, size },
  });
}
