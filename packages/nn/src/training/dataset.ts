// What the caller trains, evaluates or predicts on, checked once and in the types that the Program reads.
import { SluiceError, type Shape } from "@sluice/core";
import type { HostNumbers } from "@sluice/core/arguments";
import type { Spec } from "../layers/spec.ts";
import type { Target } from "../measures/measure.ts";
import { hostNumbers } from "../host/hostNumbers.ts";
import { column, type Column } from "./column.ts";
import type { Data } from "../model/options.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import type { Pieces } from "../host/turns.ts";

/** Each array by rows, one per sample. */
export interface Samples {
  readonly samples: number;
  readonly sample: Spec;
  readonly x: Column;
}

export interface Dataset extends Samples {
  readonly y: Column;
  readonly weight: Column;
}

/** How data of a certain sample shape is read. */
export interface Reading {
  readonly dtype: "f32" | "f64";
  sampleOf(shape: Shape): Spec;
  /** Largest index the model's first layer takes, plus one. */
  readonly indices: number | undefined;
}

/**
 * Shapes are checked and what is small is copied before this returns, the numbers are checked in pieces.
 * Throws EMPTY_DATA, SHAPE_MISMATCH, and what `column` throws.
 */
export function dataset(data: Data, reading: Reading & { targetOf(sample: Spec): Target }, who: string): Pieces<Dataset> {
  const inputs = samplesTaken(data.x, reading, who);
  const { samples } = inputs;
  const target = reading.targetOf(inputs.sample);
  const y = hostNumbers(data.y, who, "y");
  checkTarget(y, samples, target, who);
  const weight = data.sampleWeight === undefined ? ones(samples) : hostNumbers(data.sampleWeight, who, "sampleWeight");
  checkRows(weight, samples, [], who, "sampleWeight");
  const { dtype } = reading;
  return datasetRead({
    ...inputs,
    y: column(y, data.y, samples, { wanted: target, dtype, who, name: "y" }),
    weight: column(weight, data.sampleWeight ?? [], samples, { wanted: anyWeight, dtype, who, name: "sampleWeight" }),
    who,
  });
}

const anyWeight = { dtype: "float", range: [0, Infinity] } as const;

interface Taken {
  readonly samples: number;
  readonly sample: Spec;
  readonly x: Pieces<Column>;
}

function* datasetRead({
  samples,
  sample,
  x,
  y,
  weight,
  who,
}: Taken & { readonly y: Pieces<Column>; readonly weight: Pieces<Column>; readonly who: string }): Pieces<Dataset> {
  const read = { samples, sample, x: yield* x, y: yield* y, weight: yield* weight };
  if (read.weight.data.every((w: number) => w === 0)) throw new SluiceError({ code: "EMPTY_DATA", who, what: "every sampleWeight is 0" });
  return read;
}

/** The inputs alone, for prediction; likewise. */
export function samplesOf(given: Numbers, reading: Reading, who: string): Pieces<Samples> {
  return samplesRead(samplesTaken(given, reading, who));
}

function* samplesRead({ samples, sample, x }: Taken): Pieces<Samples> {
  return { samples, sample, x: yield* x };
}

function samplesTaken(given: Numbers, reading: Reading, who: string): Taken {
  const x = hostNumbers(given, who, "x");
  const samples = x.shape[0] ?? 0;
  if (x.data.length === 0) {
    throw new SluiceError({ code: "EMPTY_DATA", who, what: `x [${x.shape.join(", ")}] has no elements`, facts: { shape: x.shape } });
  }
  const sample = reading.sampleOf(x.shape.slice(1));
  const range = reading.indices === undefined ? {} : { range: [0, reading.indices - 1] as const };
  const asked = { wanted: { dtype: sample.dtype, ...range }, dtype: reading.dtype, who, name: "x" };
  return { samples, sample, x: column(x, given, samples, asked) };
}

function ones(samples: number): HostNumbers {
  return { dtype: "f32", shape: [samples], data: new Float32Array(samples).fill(1) };
}

/** An axis of size 1 at the end may be left out or added: [samples] will do for outputs [samples, 1]. */
function checkTarget(y: HostNumbers, samples: number, { shape }: Target, who: string): void {
  const trimmed = (s: Shape): Shape => (s.at(-1) === 1 ? s.slice(0, -1) : s);
  const given = y.shape.slice(1);
  if (trimmed(given).join() === trimmed(shape).join() && y.shape[0] === samples) return;
  checkRows(y, samples, shape, who, "y");
}

function checkRows({ shape }: HostNumbers, samples: number, inner: Shape, who: string, name: string): void {
  const wanted = [samples, ...inner];
  if (shape.join() === wanted.join()) return;
  const what = `${name} must be [${[`samples ${samples}`, ...inner].join(", ")}] to go with x and the model's output, got [${shape.join(", ")}]`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { expected: wanted, got: shape } });
}
