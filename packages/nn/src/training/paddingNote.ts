// A word to whoever trains on padded sequences without saying so: padding then counts as data, and little is learnt, without an error.
import type { TypedArray } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { readersOf, type Graph, type Reader } from "../model/graph.ts";
import type { EndNames } from "../model/names.ts";
import { isRecord } from "../options/table.ts";
import type { Samples } from "./dataset.ts";

/** As every runtime has it. */
declare const console: { warn(text: string): void };

/** Elements that are looked at, in rows from all over the data: under a millisecond. */
const most = 2 ** 16;
/** Fewer rows or steps may look padded by chance: of two indices, 8 rows of 4 steps do one time in ten thousand. */
const [fewestRows, fewestSteps] = [8, 4];

/** Says by console.warn which inputs look padded, where neither lengths nor a `maskIndex` says what counts. */
export function notePadding(who: string, { graph, ends }: { readonly graph: Graph; readonly ends: EndNames }, data: Samples): void {
  const found = Object.entries(graph.inputs).flatMap(([input, value]) => {
    const { dtype, shape } = entryOf(data.sample, input);
    if (dtype !== "i32" || shape.length !== 1 || Object.hasOwn(data.lengths, input) || !isUnmasked(readersOf(graph, value))) return [];
    const index = paddingIn(entryOf(data.x, input).data, data.samples);
    return index === undefined ? [] : [{ name: ends.inputs === null ? input : `x.${input}`, index }];
  });
  const [first] = found;
  if (first === undefined) return;
  const padded = found.map(({ name, index }) => `rows of ${name} end in runs of ${index} of unlike lengths`).join(", ");
  console.warn(
    `${who}: ${padded}, as padding does, and nothing says that it does not count. Give lengths with the data, or embedding({ maskIndex: ${first.index} }); where it counts, lengths that are those of whole rows.`,
  );
}

/** Whether it is embedded, and no layer that reads it hides an index. */
function isUnmasked(readers: readonly Reader[]): boolean {
  const has = (found: (record: object) => boolean): boolean =>
    readers.some(({ layer }) => someRecord({ kind: layer.kind, ...layer.config }, found));
  return has((record) => "kind" in record && record.kind === "embedding") && !has((record) => "maskIndex" in record);
}

/** Of a configuration, which for a model is that of all its layers. */
function someRecord(value: unknown, found: (record: object) => boolean): boolean {
  if (Array.isArray(value)) return value.some((each) => someRecord(each, found));
  return isRecord(value) && (found(value) || Object.values(value).some((each) => someRecord(each, found)));
}

/**
 * The index with which rows [samples, steps] look right-padded: a quarter of the rows end in a run of two or more of it, the runs are not all of one
 * length, and it stands nowhere else.
 */
export function paddingIn(data: TypedArray, samples: number): number | undefined {
  const steps = data.length / samples;
  const count = Math.min(samples, Math.max(fewestRows, Math.floor(most / steps)));
  if (samples < fewestRows || steps < fewestSteps) return undefined;
  const rows = Array.from({ length: count }, (_, i) => data.subarray(Math.floor((i * samples) / count) * steps).subarray(0, steps));
  const longest = rows.reduce((best, row) => (runOf(row) > runOf(best) ? row : best));
  const index = longest[steps - 1];
  const runs = rows.map((row) => (row[steps - 1] === index ? runOf(row) : 0));
  const isElsewhere = rows.some((row, i) => row.subarray(0, steps - (runs[i] ?? 0)).includes(index ?? 0));
  const isPadding = runs.filter((run) => run > 1).length * 4 >= count && new Set(runs).size > 1 && !isElsewhere;
  return isPadding ? index : undefined;
}

/** How often the last index stands at the end. */
function runOf(row: TypedArray): number {
  const last = row[row.length - 1];
  let run = 1;
  while (run < row.length && row[row.length - 1 - run] === last) run++;
  return run;
}
