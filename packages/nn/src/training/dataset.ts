// What the caller trains, evaluates or predicts on, checked once and in the types that the Program reads.
import { SluiceError, type Shape } from "@sluice/core";
import type { HostNumbers } from "@sluice/core/arguments";
import type { Spec } from "../layers/spec.ts";
import type { Target } from "../losses/measure.ts";
import { elements } from "./elements.ts";
import { hostArray } from "./hostArray.ts";
import { column, type Column } from "./column.ts";
import type { Data, Numbers } from "./options.ts";

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

/** Throws EMPTY_DATA, SHAPE_MISMATCH, and what `elements` throws. */
export function dataset(data: Data, reading: Reading & { targetOf(sample: Spec): Target }, who: string): Dataset {
  const inputs = samplesOf(data.x, reading, who);
  const { samples, sample } = inputs;
  const target = reading.targetOf(sample);
  const y = hostArray(data.y, who, "y");
  checkTarget(y, samples, target, who);
  const weight = data.sampleWeight === undefined ? ones(samples) : hostArray(data.sampleWeight, who, "sampleWeight");
  checkRows(weight, samples, [], who, "sampleWeight");
  const weights = elements(weight, { dtype: "float", range: [0, Infinity] }, reading.dtype, who, "sampleWeight");
  if (weights.every((w: number) => w === 0)) throw new SluiceError({ code: "EMPTY_DATA", who, what: "every sampleWeight is 0" });
  const targets = elements(y, target, reading.dtype, who, "y");
  return {
    ...inputs,
    y: column(targets, data.y, samples, who, "y"),
    weight: data.sampleWeight === undefined ? { data: weights } : column(weights, data.sampleWeight, samples, who, "sampleWeight"),
  };
}

/** The inputs alone, for prediction. */
export function samplesOf(given: Numbers, reading: Reading, who: string): Samples {
  const x = hostArray(given, who, "x");
  const samples = x.shape[0] ?? 0;
  if (x.data.length === 0) {
    throw new SluiceError({ code: "EMPTY_DATA", who, what: `x [${x.shape.join(", ")}] has no elements`, facts: { shape: x.shape } });
  }
  const sample = reading.sampleOf(x.shape.slice(1));
  const range = reading.indices === undefined ? {} : { range: [0, reading.indices - 1] as const };
  const inputs = elements(x, { dtype: sample.dtype, ...range }, reading.dtype, who, "x");
  return { samples, sample, x: column(inputs, given, samples, who, "x") };
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
