// Several safetensors files with an index of which array is in which: what large models are published as.
import { SluiceError, type HostArray } from "@sluice/core";
import { refused, show } from "@sluice/core/arguments";
import { bytesOf, parseJson, type Json } from "@sluice/nn/kit";
import { corrupt, refusePickle } from "./failures.ts";
import { entryOf, openAs, readAll, type SafetensorsFile } from "./file.ts";
import type { Bytes, Source } from "./source.ts";

/** What the name of a shard says where it is: bytes, or a source of ranges. */
export type OpenShard = (file: string) => Bytes | Source | Promise<Bytes | Source>;

const who = "openSharded";

/**
 * Opens a set of files by its index, "model.safetensors.index.json": `{"metadata": {…}, "weight_map": {array: file}}`, as text or bytes. `open` is called
 * once for each file; of each, nothing but the header is read before an array is asked for.
 *
 * The names of files come from the index: those that are more than a name (a slash, a backslash, "..", a control character) are refused, so that `open` may
 * join them to a folder. Throws what `openSafetensors` and `open` throw, FILE_FOREIGN for what is no such index, FILE_CORRUPT where index and files differ:
 * an array that its file lacks, or one in a file that the index does not name.
 */
export async function openSharded(index: string | Bytes, open: OpenShard): Promise<SafetensorsFile> {
  if (typeof open !== "function") throw refused(who, "open", open, "a function from a file's name to its bytes or a source");
  const { map, metadata } = indexOf(index);
  const files = new Map<string, SafetensorsFile>();
  for (const file of new Set(map.values())) files.set(file, await openAs(await open(file), `${who} ${file}`));
  checkIndex(map, files);
  const fileOf = (name: string): SafetensorsFile => files.get(entryOf(map, name, who))!; // each was opened
  const read = async (name: string): Promise<HostArray> => fileOf(name).read(name);
  return {
    names: [...map.keys()],
    tensors: Object.fromEntries([...map.keys()].map((name) => [name, fileOf(name).tensors[name]!])), // as `checkIndex` saw
    metadata,
    read,
    readAll: (names = [...map.keys()]) => readAll(names, (name) => fileOf(name).tensors[name]!, read, who), // likewise
    readBytes: async (name) => fileOf(name).readBytes(name),
  };
}

interface Index {
  /** From arrays to files. */
  readonly map: ReadonlyMap<string, string>;
  readonly metadata: Readonly<Record<string, string>>;
}

function indexOf(given: string | Bytes): Index {
  const parsed = parseJson(textOf(given), (what) => foreign(`it is no JSON: ${what}`));
  if (!isRecord(parsed)) throw foreign("it is no record");
  const { weight_map: map, metadata = {} } = parsed;
  if (!isRecord(map) || !isRecord(metadata)) throw foreign('it has no "weight_map", or "metadata" that are no record');
  const wrong = Object.entries(map).filter(([, file]) => !isFileName(file));
  if (wrong.length > 0)
    throw foreign(`it names files that are no plain names: ${[...new Set(wrong.map(([, file]) => show(file)))].join(", ")}`);
  return {
    map: new Map(Object.entries(map) as [string, string][]), // as was just seen
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  };
}

function textOf(given: string | Bytes): string {
  if (typeof given === "string") return given;
  const bytes = bytesOf(given, who);
  refusePickle(who, bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes)); // a copy: engines decode no memory that threads share
  } catch {
    throw foreign("it is no UTF-8");
  }
}

function isFileName(value: Json): boolean {
  return (
    typeof value === "string" && value.length <= 255 && value !== "." && value !== ".." && /^[^/\\:\p{Cc}\p{Surrogate}]+$/u.test(value)
  );
}

/** Throws FILE_CORRUPT, with all of them, for arrays that are not where the index says. */
function checkIndex(map: ReadonlyMap<string, string>, files: ReadonlyMap<string, SafetensorsFile>): void {
  const missing = [...map]
    .filter(([name, file]) => !Object.hasOwn(files.get(file)!.tensors, name))
    .map(([name, file]) => `${show(name)} is not in ${file}`);
  const surplus = [...files].flatMap(([file, { names }]) =>
    names.filter((name) => map.get(name) !== file).map((name) => `${show(name)} of ${file} is not in the index, or in another file`),
  );
  if (missing.length + surplus.length > 0) throw corrupt(who, `index and files differ: ${[...missing, ...surplus].join("; ")}`);
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function foreign(what: string): SluiceError {
  return new SluiceError({
    code: "FILE_FOREIGN",
    who,
    what,
    fix: 'Take the index of a set of safetensors files, {"weight_map": {array: file}}',
  });
}
