// What the caller trains, evaluates or predicts on, checked once and in the types that the Program reads.
import { SluiceError, type Shape } from "@sluice/core";
import { refused, type HostNumbers } from "@sluice/core/arguments";
import { stepsOf, type Spec } from "../layers/spec.ts";
import type { Target } from "../measures/measure.ts";
import { entryOf, maybeEntryOf } from "../host/entryOf.ts";
import { hostNumbers } from "../host/hostNumbers.ts";
import { column, type Column, type Columns } from "./column.ts";
import type { Named } from "../model/graph.ts";
import { single, type EndNames, type Names } from "../model/names.ts";
import type { Data, PredictOptions } from "../model/options.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import type { Pieces } from "../host/turns.ts";
import { byEnd, endName, knownNames } from "./ends.ts";
import { countedBy, lengthsIn, type Lengths } from "./lengthsRead.ts";
import { checkRows, type Asking } from "./rows.ts";
import type { Read, Wanted } from "./wanted.ts";
import { hasWeight, weightless, weightsTaken } from "./sampleWeights.ts";

/** Each array by rows, one per sample. */
export interface Samples {
  readonly samples: number;
  /** By input. */
  readonly sample: Named<Spec>;
  readonly x: Named<Column>;
  /** Of those inputs whose steps do not all count. */
  readonly lengths: Named<Column>;
}

export interface Dataset extends Samples {
  /** By output. */
  readonly y: Named<Column>;
  /** Of a sample's target, likewise. */
  readonly rows: Named<Shape>;
  readonly weight: Column;
  /** By output, where it has weights of its own, of samples or of their places: what it counts by beside `weight`. */
  readonly weights: Named<Column>;
}

/** How data of certain samples' shapes is read. */
export interface Reading {
  readonly dtype: "f32" | "f64";
  readonly ends: EndNames;
  sampleOf(shapes: Named<Shape>): Named<Spec>;
  /** By input: largest index it takes, plus one. */
  readonly indices: Named<number | undefined>;
}

export type Inputs = Pick<PredictOptions<Names>, "lengths"> & { readonly x: Data<Names, Names>["x"] };

/**
 * Shapes are checked and what is small is copied before this returns, the numbers are checked in pieces.
 * Throws EMPTY_DATA, SHAPE_MISMATCH, and what `column` throws.
 */
export function dataset(
  data: Data<Names, Names>,
  reading: Reading & { targetsOf(sample: Named<Spec>): Named<Wanted> },
  who: string,
): Pieces<Dataset> {
  const inputs = samplesTaken(data, reading, who);
  const { samples } = inputs;
  const { dtype, ends } = reading;
  const targets = Object.entries(reading.targetsOf(inputs.sample));
  const given = byEnd<Numbers>(who, "y", data.y, { names: ends.outputs, wanted: targets.map(([output]) => output), one: single.outputs });
  const rows: Record<string, Shape> = {};
  const read: Record<string, Read> = {};
  const ignored: Record<string, number | undefined> = {};
  const y = targets.map(([output, { targetFor, lengthsOf }]) => {
    const name = endName("y", output, ends.outputs);
    const numbers = hostNumbers(entryOf(given, output), who, name);
    const target = targetFor(numbers.shape.slice(1));
    rows[output] = target.shape;
    read[output] = { target, lengthsOf };
    ignored[output] = target.ignored;
    checkTarget(numbers, samples, target, { who, name });
    const lengths = lengthsOf.flatMap((input) => maybeEntryOf(inputs.lengths, input) ?? []);
    return [
      output,
      column(
        numbers,
        entryOf(given, output),
        samples,
        { wanted: target, dtype, who, name },
        { counting: countedBy(lengths, target.shape) },
      ),
    ] as const;
  });
  const { shared, own } = weightsTaken(data.sampleWeight, { samples, ends, targets: read, lengths: inputs.lengths, dtype, who });
  return datasetRead({ ...inputs, y, rows, ignored, shared, own, who });
}

interface Taken {
  readonly samples: number;
  readonly sample: Named<Spec>;
  readonly x: Columns;
  readonly lengths: Named<Lengths>;
}

interface Unread extends Taken, Pick<Dataset, "rows"> {
  readonly y: Columns;
  /** By output, the label that does not count. */
  readonly ignored: Named<number | undefined>;
  readonly shared: Pieces<Column>;
  readonly own: Columns;
  readonly who: string;
}

function* datasetRead({ y, rows, ignored, shared, own, who, ...inputs }: Unread): Pieces<Dataset> {
  const read = { ...(yield* samplesRead(inputs)), y: yield* each(y), rows, weight: yield* shared, weights: yield* each(own) };
  const { data: weights } = read.weight;
  if (weights.every((w: number) => w === 0)) throw weightless(who, "sampleWeight");
  for (const [output, { counted, data }] of Object.entries(read.y)) {
    if (counted?.lengths.every((length: number, row: number) => length === 0 || weights[row] === 0)) throw noSteps(who, output);
    if (data.length > 0 && data.every((label: number) => label === ignored[output])) throw noLabels(who, output);
  }
  for (const [output, column] of Object.entries(read.weights)) if (!hasWeight(column, weights)) throw weightless(who, `sampleWeight of the output "${output}"`); // prettier-ignore
  return read;
}

function noSteps(who: string, output: string): SluiceError {
  const what = `no step of the output "${output}" counts: every sample's length is 0, or its sampleWeight`;
  return new SluiceError({ code: "EMPTY_DATA", who, what });
}

function noLabels(who: string, output: string): SluiceError {
  return new SluiceError({ code: "EMPTY_DATA", who, what: `no label of the output "${output}" counts: each is the one that is ignored` });
}

/** The inputs alone, for prediction; likewise. */
export function samplesOf(given: Inputs, reading: Reading, who: string): Pieces<Samples> {
  return samplesRead(samplesTaken(given, reading, who));
}

function* samplesRead({ samples, sample, x, lengths }: Taken): Pieces<Samples> {
  const counted = yield* each(Object.entries(lengths).map(([name, one]) => [name, one.pieces()])); // before what they are the lengths of
  return { samples, sample, x: yield* each(x), lengths: counted };
}

function* each(columns: Columns): Pieces<Named<Column>> {
  const read: Record<string, Column> = {};
  for (const [name, pieces] of columns) read[name] = yield* pieces;
  return read;
}

function samplesTaken({ x, lengths }: Inputs, { dtype, ends, sampleOf, indices }: Reading, who: string): Taken {
  const given = byEnd<Numbers>(who, "x", x, { names: ends.inputs, wanted: ends.inputs ?? [], one: single.inputs });
  const arrays = Object.entries(given).map(([input, numbers]) => {
    const name = endName("x", input, ends.inputs);
    return { input, name, numbers, array: hostNumbers(numbers, who, name) };
  });
  for (const { name, array } of arrays) checkNotEmpty(array, who, name);
  const samples = arrays[0]?.array.shape[0] ?? 0;
  for (const { name, array } of arrays) if (array.shape[0] !== samples) checkRows(array, samples, array.shape.slice(1), { who, name });
  const sample = sampleOf(Object.fromEntries(arrays.map(({ input, array }) => [input, array.shape.slice(1)])));
  const counted = lengthsTaken(lengths, { samples, sample, ends, dtype, who });
  return {
    samples,
    sample,
    lengths: counted,
    x: arrays.map(({ input, name, numbers, array }) => {
      const { dtype: kind, shape } = entryOf(sample, input);
      const range = kind !== "i32" || indices[input] === undefined ? {} : { range: [0, indices[input] - 1] as const };
      const asked = { wanted: { dtype: kind, ...range }, dtype, who, name };
      return [input, column(array, numbers, samples, asked, { counting: countedBy([maybeEntryOf(counted, input) ?? []].flat(), shape) })];
    }),
  };
}

interface Counted {
  readonly samples: number;
  readonly sample: Named<Spec>;
  readonly ends: EndNames;
  readonly dtype: "f32" | "f64";
  readonly who: string;
}

function lengthsTaken(given: Inputs["lengths"], { samples, sample, ends, dtype, who }: Counted): Named<Lengths> {
  if (given === undefined) return {};
  const isOne = ends.inputs === null;
  const byInput: Named<Numbers | undefined> = isOne
    ? { [single.inputs]: given as Numbers }
    : knownNames(who, "lengths", given, ends.inputs); // as the model says
  const found = Object.entries(byInput).filter((entry): entry is [string, Numbers] => entry[1] !== undefined);
  return Object.fromEntries(
    found.map(([input, numbers]) => {
      const name = endName("lengths", input, ends.inputs);
      const steps = stepsOf(entryOf(sample, input));
      if (steps === undefined) throw refused(who, name, numbers, `left out: a sample of ${endName("x", input, ends.inputs)} has no steps`);
      const array = hostNumbers(numbers, who, name);
      checkRows(array, samples, [], { who, name });
      const asked = { wanted: { dtype: "i32", range: [0, steps] } as const, dtype, who, name };
      return [input, lengthsIn(column(array, numbers, samples, asked))];
    }),
  );
}

function checkNotEmpty({ data, shape }: HostNumbers, who: string, name: string): void {
  if (data.length > 0) return;
  throw new SluiceError({ code: "EMPTY_DATA", who, what: `${name} [${shape.join(", ")}] has no elements`, facts: { shape } });
}

/** An axis of size 1 at the end may be left out or added: [samples] will do for outputs [samples, 1]. */
function checkTarget(y: HostNumbers, samples: number, { shape }: Target, asking: Asking): void {
  const trimmed = (s: Shape): Shape => (s.at(-1) === 1 ? s.slice(0, -1) : s);
  const given = y.shape.slice(1);
  if (trimmed(given).join() === trimmed(shape).join() && y.shape[0] === samples) return;
  checkRows(y, samples, shape, asking);
}
