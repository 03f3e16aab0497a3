// How much samples count, and the steps or other places of each: [samples], shared by all outputs, or an output's own.
import { SluiceError, type TypedArray } from "@sluice/core";
import { refused, type HostNumbers } from "@sluice/core/arguments";
import { entryOf, maybeEntryOf } from "../host/entryOf.ts";
import { hostNumbers, type Numbers } from "../host/hostNumbers.ts";
import type { Pieces } from "../host/turns.ts";
import type { Named } from "../model/graph.ts";
import { single, type EndNames, type Names } from "../model/names.ts";
import type { Data } from "../model/options.ts";
import { isRecord } from "../options/table.ts";
import { column, countedIn, type Column, type Columns } from "./column.ts";
import { endName, knownNames } from "./ends.ts";
import { countedBy, type Lengths } from "./lengthsRead.ts";
import { checkRows } from "./rows.ts";
import { placesOf, type Read } from "./wanted.ts";

export interface Weighing {
  readonly samples: number;
  readonly ends: EndNames;
  /** By output that is to be learnt. */
  readonly targets: Named<Read>;
  readonly lengths: Named<Lengths>;
  readonly dtype: "f32" | "f64";
  readonly who: string;
}

/** Throws SHAPE_MISMATCH for weights that are neither one for each sample nor one for each of the places that its targets begin with, INVALID_ARGUMENT for outputs that there are not. */
export function weightsTaken(given: Data<Names, Names>["sampleWeight"], weighing: Weighing): { readonly shared: Pieces<Column>; readonly own: Columns } {
  const { samples, ends, dtype, who } = weighing;
  const alike = (): Pieces<Column> => column(ones(samples), [], samples, { wanted: anyWeight, dtype, who, name: "sampleWeight" });
  if (given === undefined) return { shared: alike(), own: [] };
  if (ends.outputs !== null && isRecord(given) && !("data" in given)) return { shared: alike(), own: byOutput(given, ends.outputs, weighing) };
  const array = hostNumbers(given as Numbers, who, "sampleWeight"); // as was just seen
  if (array.shape.length < 2 || ends.outputs !== null) return { shared: taken(given as Numbers, "sampleWeight", weighing), own: [] };
  return { shared: alike(), own: [[single.outputs, taken(given as Numbers, "sampleWeight", weighing, single.outputs)]] };
} // prettier-ignore

function byOutput(given: object, outputs: readonly string[], weighing: Weighing): Columns {
  const { who, targets } = weighing;
  const found = Object.entries(knownNames(who, "sampleWeight", given, outputs)).filter((entry): entry is [string, Numbers] => entry[1] !== undefined);
  return found.map(([output, numbers]) => {
    const name = endName("sampleWeight", output, outputs);
    if (!Object.hasOwn(targets, output)) throw refused(who, name, numbers, "left out: the output has no loss");
    return [output, taken(numbers, name, weighing, output)];
  });
} // prettier-ignore

function taken(numbers: Numbers, name: string, { samples, targets, lengths, dtype, who }: Weighing, output?: string): Pieces<Column> {
  const array = hostNumbers(numbers, who, name);
  const { target, lengthsOf } = output === undefined ? none : entryOf(targets, output);
  const places = placesOf(target).slice(0, Math.max(0, array.shape.length - 1));
  checkRows(array, samples, places, { who, name });
  const counting = countedBy(lengthsOf.flatMap((input) => maybeEntryOf(lengths, input) ?? []), places); // prettier-ignore
  return column(array, numbers, samples, { wanted: anyWeight, dtype, who, name }, { counting });
}

const none: Read = { target: { shape: [], dtype: "i32" }, lengthsOf: [] };
const anyWeight = { dtype: "float", range: [0, Infinity] } as const;

function ones(samples: number): HostNumbers {
  return { dtype: "f32", shape: [samples], data: new Float32Array(samples).fill(1) };
}

/** Whether anything counts, of samples that count by `weights`. */
export function hasWeight({ data, size, counted }: Column, weights: TypedArray): boolean {
  return weights.some((weight: number, row: number) => {
    const end = counted === undefined ? size : countedIn(counted, row, size);
    return weight > 0 && data.subarray(row * size, row * size + end).some((one: number) => one > 0);
  });
}

export function weightless(who: string, name: string): SluiceError {
  return new SluiceError({ code: "EMPTY_DATA", who, what: `every ${name} is 0` });
}
