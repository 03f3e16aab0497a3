// How much the classes count: what `classWeight` says, as a weight of each label.
import { SluiceError, type TypedArray } from "@sluice/core";
import { nonNegative, refused } from "@sluice/core/arguments";
import { entryOf, maybeEntryOf } from "../host/entryOf.ts";
import { typedArray } from "../host/typedArray.ts";
import type { Pieces } from "../host/turns.ts";
import { single, type EndNames, type Names } from "../model/names.ts";
import type { ClassWeight, FitSettings } from "../model/options.ts";
import type { Target } from "../measures/measure.ts";
import type { Named } from "../model/graph.ts";
import { listOf } from "../options/rules.ts";
import { isRecord } from "../options/table.ts";
import { countedIn, type Column } from "./column.ts";
import type { Dataset } from "./dataset.ts";
import { knownNames } from "./ends.ts";
import { hasWeight, weightless } from "./sampleWeights.ts";
import { placesOf, type Wanted } from "./wanted.ts";

const who = "trainer.fit";
/** Labels that are weighed between two looks at the clock: under a millisecond. */
const piece = 2 ** 16;

export interface Classes {
  readonly ends: EndNames;
  readonly dtype: "f32" | "f64";
  /** By output that is to be learnt. */
  readonly wanted: Named<Wanted>;
}

/** The data with the weights of their classes. Throws INVALID_ARGUMENT for weights that are none, for outputs without a loss, and for targets that are no classes. */
export function* classesWeighed(data: Dataset, given: FitSettings<Names, Names>["classWeight"], { ends, dtype, wanted }: Classes): Pieces<Dataset> {
  if (given === undefined) return data;
  const byOutput = ends.outputs === null ? { [single.outputs]: given } : knownNames(who, "classWeight", given, ends.outputs);
  const weights: Record<string, Column> = { ...data.weights };
  for (const [output, option] of Object.entries(byOutput)) {
    if (option === undefined) continue;
    const name = ends.outputs === null ? "classWeight" : `classWeight.${output}`;
    if (!Object.hasOwn(wanted, output)) throw refused(who, name, option, "left out: the output has no loss");
    const { wholeBy } = entryOf(wanted, output);
    if (wholeBy !== undefined) throw refused(who, name, option, `left out: ${wholeBy} measures sequences of labels as a whole`);
    const classes = classesOf(entryOf(data.y, output), entryOf(wanted, output).targetFor(entryOf(data.rows, output)), name);
    const values = weightsOf(option as ClassWeight, yield* countsOf(classes, data, output), name); // checked there
    const own = yield* weighed(classes, values, maybeEntryOf(weights, output), dtype);
    if (!hasWeight(own, data.weight.data)) throw weightless(who, `weight of the output "${output}"`);
    weights[output] = own;
  }
  return { ...data, weights };
} // prettier-ignore

/** The labels of a column of targets. */
interface Labels {
  readonly column: Column;
  readonly classes: number;
  /** Labels in a row, and elements of the column for each. */
  readonly places: number;
  readonly axes: number;
  readonly width: number;
  /** −1 for one that is ignored. */
  label(data: TypedArray, at: number): number;
}

function classesOf(column: Column, target: Target, name: string): Labels {
  const { dtype, shape, range: [low, high] = [-Infinity, Infinity] } = target;
  const axes = placesOf(target);
  const places = axes.reduce((product, n) => product * n, 1);
  const shared = { column, places, axes: axes.length, width: column.size / places };
  const { width } = shared;
  if (dtype === "i32" && low === 0 && high < Infinity) return { ...shared, classes: high + 1, label: (data, at) => ((data[at] ?? -1) <= high ? (data[at] ?? -1) : -1) };
  if (dtype === "i32" || high !== 1) throw classless(name, shape);
  if (width === 1) return { ...shared, classes: 2, label: (data, at) => ((data[at] ?? 0) > 0.5 ? 1 : 0) };
  return { ...shared, classes: width, label: (data, at) => likeliest(data, at * width, width) };
} // prettier-ignore

function likeliest(data: TypedArray, from: number, width: number): number {
  let best = from;
  for (let i = from + 1; i < from + width; i++) if ((data[i] ?? 0) > (data[best] ?? 0)) best = i;
  return best - from;
}

/** How often each class is there, of what the data say counts: steps that a layer hides (`maskIndex`, `masking`) are told by the graph alone. */
function* countsOf(
  { column, classes, places, label }: Labels,
  { samples, weight, weights }: Dataset,
  output: string,
): Pieces<readonly number[]> {
  const own = maybeEntryOf(weights, output);
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0, since = 0; row < samples; row++, since += places) {
    if (since >= piece) {
      yield;
      since = 0;
    }
    if (weight.data[row] === 0) continue;
    const end = column.counted === undefined ? places : countedIn(column.counted, row, places);
    for (let i = 0; i < end; i++) {
      if (own?.data[Math.floor((row * places + i) / (places / own.size))] === 0) continue;
      const at = label(column.data, row * places + i);
      if (at >= 0) counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  if (counts.some((count) => count > 0)) return counts;
  throw new SluiceError({ code: "EMPTY_DATA", who, what: `no label of the output "${output}" counts` });
}

/** Of each class. "balanced" is N / (classes that are there · how often each is), as scikit-learn has it. */
function weightsOf(given: ClassWeight, counts: readonly number[], name: string): readonly number[] {
  if (given === "balanced") {
    const labels = counts.reduce((sum, count) => sum + count, 0);
    const present = counts.filter((count) => count > 0).length;
    return counts.map((count) => (count === 0 ? 1 : labels / (present * count)));
  }
  const expected = `"balanced", a list of ${counts.length} numbers of at least 0, or a record of such by label, 0 … ${counts.length - 1}`;
  const list = Array.isArray(given)
    ? (given as readonly number[])
    : isRecord(given) && !(given instanceof Map)
      ? listed(given, counts.length)
      : undefined;
  if (list?.length === counts.length && listOf(nonNegative).accepts(list)) return list;
  throw refused(who, name, given, expected);
}

/** Undefined where it names what is no label. */
function listed(given: Readonly<Record<string, unknown>>, classes: number): readonly number[] | undefined {
  const list = Array.from({ length: classes }, (_, label) => (given[label] === undefined ? 1 : given[label]) as number); // checked with the others
  return Object.keys(given).every((label) => Object.hasOwn(list, label)) ? list : undefined;
}

/** Of each label, its class's weight times the one it has. */
function* weighed({ column, places, axes, label }: Labels, values: readonly number[], own: Column | undefined, dtype: "f32" | "f64"): Pieces<Column> {
  const labels = column.data.length / (column.size / places);
  const data = typedArray(dtype, labels);
  const share = own === undefined ? 1 : places / own.size;
  for (let i = 0; i < labels; i++) {
    if (i % piece === piece - 1) yield;
    data[i] = (values[label(column.data, i)] ?? 0) * (own?.data[Math.floor(i / share)] ?? 1);
  }
  return { data, size: places, axes, ...(column.counted !== undefined && { counted: column.counted }) };
} // prettier-ignore

function classless(name: string, shape: readonly number[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${name} weighs classes, and targets [${shape.join(", ")}] of this loss are none`,
    fix: "Take sampleWeight",
  });
}
