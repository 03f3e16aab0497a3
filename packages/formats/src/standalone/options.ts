// What `standalone` is told, checked.
import { SluiceError } from "@sluice/core";
import { check, type Names, oneOf, options, refused, size } from "@sluice/core/arguments";
import { type AnyModel, type Spec, stepsOf } from "@sluice/nn/kit";

export type Verb = "predict" | "stream";

export interface StandaloneOptions {
  /** Most rows that `predict` takes at a time, and how many sequences a stream reads. Default 1. */
  readonly batch?: number;
  /** Steps of a sequence that `predict` takes: of all inputs that have steps, or by input. Default those that the model was saved with. */
  readonly steps?: number | Readonly<Record<string, number>>;
  /** Default `predict`, and `stream` where the model can. One that is named and cannot be is refused. */
  readonly verbs?: readonly Verb[];
  /** Inputs whose `lengths` the verbs take, or true for all that have steps. Default none. */
  readonly lengths?: boolean | readonly string[];
  /** The input whose steps a stream reads; needed where there are several. */
  readonly over?: string;
  /** Most steps of a stream; needed where a layer, such as attention, keeps something of every step. */
  readonly maxSteps?: number;
  /** Sequences that a stream reads at a time. Default `batch`. */
  readonly streamBatch?: number;
  /** Whether the weights lie in the module's text, in base64, or are left to a file beside it, which `open` is then given. Default "inline". */
  readonly weights?: "inline" | "separate";
  /** The same of the WebAssembly, for runtimes that compile no bytes. Default "inline". */
  readonly wasm?: "inline" | "separate";
}

const names: Names<StandaloneOptions> = {
  batch: true,
  steps: true,
  verbs: true,
  lengths: true,
  over: true,
  maxSteps: true,
  streamBatch: true,
  weights: true,
  wasm: true,
};

export interface Checked {
  readonly batch: number;
  readonly streamBatch: number;
  /** Undefined where nobody says. */
  readonly verbs: ReadonlySet<Verb> | undefined;
  readonly over: string | undefined;
  readonly maxSteps: number | undefined;
  readonly weights: "inline" | "separate";
  readonly wasm: "inline" | "separate";
  /** As the Programs take them. */
  readonly samples: Readonly<Record<string, Spec>>;
  readonly counted: readonly string[];
}

/** Throws INVALID_ARGUMENT. `known` are the samples that the model was saved for. */
export function checkedOptions(who: string, given: StandaloneOptions, model: AnyModel, known: Readonly<Record<string, Spec>>): Checked {
  const { batch = 1, verbs, steps, lengths = false, over, maxSteps, streamBatch = batch, ...rest } = options(who, given, names);
  const { weights = "inline", wasm = "inline" } = rest;
  check(who, "batch", batch, size);
  check(who, "streamBatch", streamBatch, size);
  if (maxSteps !== undefined) check(who, "maxSteps", maxSteps, size);
  const place = oneOf("inline", "separate");
  check(who, "weights", weights, place);
  check(who, "wasm", wasm, place);
  if (verbs !== undefined && (!Array.isArray(verbs) || verbs.length === 0))
    throw refused(who, "verbs", verbs, 'a list of "predict" and "stream"');
  for (const verb of verbs ?? []) check(who, "verbs", verb, oneOf("predict", "stream"));
  return {
    ...{ batch, streamBatch, over, maxSteps, weights, wasm },
    verbs: verbs && new Set(verbs),
    samples: withSteps(who, steps, model, known),
    counted: countedIn(who, lengths, model, known),
  };
}

function withSteps(
  who: string,
  steps: StandaloneOptions["steps"],
  model: AnyModel,
  known: Readonly<Record<string, Spec>>,
): Readonly<Record<string, Spec>> {
  if (steps === undefined) return known;
  const stepped = Object.entries(known).flatMap(([name, spec]) => (stepsOf(spec) === undefined ? [] : [name]));
  if (stepped.length === 0) throw refused(who, "steps", steps, `left out: no input of "${model.name}" has steps`);
  const isRecord = Object.prototype.toString.call(steps) === "[object Object]";
  if (!isRecord && typeof steps !== "number") throw refused(who, "steps", steps, "a number, or a record of them by input");
  const each: Readonly<Record<string, unknown>> =
    typeof steps === "object" ? steps : Object.fromEntries(stepped.map((name) => [name, steps]));
  for (const [name, count] of Object.entries(each)) {
    if (!stepped.includes(name)) throw refused(who, "steps", name, `by inputs that have steps: ${stepped.join(", ")}`);
    check(who, isRecord ? `steps of ${name}` : "steps", count as number, size);
  }
  const changed = Object.entries(known).map(([name, spec]) => {
    const count = Object.hasOwn(each, name) ? (each[name] as number) : undefined; // as was just seen
    return [name, count === undefined ? spec : { ...spec, shape: [count, ...spec.shape.slice(1)] }];
  });
  return Object.fromEntries(changed) as Readonly<Record<string, Spec>>; // one for each
}

function countedIn(
  who: string,
  lengths: boolean | readonly string[],
  { ends, name: model }: AnyModel,
  known: Readonly<Record<string, Spec>>,
): readonly string[] {
  if (lengths === false) return [];
  const stepped = Object.entries(known).flatMap(([name, spec]) => (stepsOf(spec) === undefined ? [] : [name]));
  if (stepped.length === 0)
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `no input of the model "${model}" has steps`, fix: "Leave lengths out" });
  if (lengths === true) return stepped;
  const isOne = ends.inputs === null;
  if (isOne || !Array.isArray(lengths))
    throw refused(who, "lengths", lengths, isOne ? "true or false: the input has no name" : "true, false or names");
  for (const name of lengths as readonly string[]) check(who, "lengths", name, oneOf(...(stepped as [string, ...string[]]))); // there are some
  return stepped.filter((name) => (lengths as readonly string[]).includes(name));
}
