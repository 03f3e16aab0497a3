// What `scheduledSampling` of a fit asks of a model: which input is read, which output says the next of it, and whether that can be.
import { SluiceError } from "@sluice/core";
import { oneOf, rate, refused, size, text, type Rule } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import { readersOf } from "../model/graph.ts";
import { single, type Names } from "../model/names.ts";
import type { ScheduledSampling } from "../model/options.ts";
import { callable, either } from "../options/rules.ts";
import { optional, optionsOf, preset, required, type Table } from "../options/table.ts";
import type { Schedule, Scheduled } from "../schedules/schedule.ts";
import type { Dataset } from "./dataset.ts";
import type { SamplingPlan } from "./scheduledSampling.ts";
import type { Session } from "./session.ts";

const who = "trainer.fit scheduledSampling";
const share: Rule<Scheduled> = either(rate, callable as Rule<Schedule>); // what it gives is checked when it gives it

export const samplingTable = {
  input: optional(text),
  output: optional(text),
  teacherForcing: required(share),
  passes: preset(size, 1),
  sampling: preset(oneOf("sample", "argmax"), "sample"),
} satisfies Table<ScheduledSampling<string, string>>;

interface Sampling {
  /** Undefined where the truth alone is told. */
  readonly sampling: SamplingPlan | undefined;
  readonly teacherForcing: Scheduled;
}

/**
 * Throws INVALID_ARGUMENT for names that there are not, an input that is no sequence of tokens, and an output that does not score each
 * next one; UNSUPPORTED, naming the layer, where the model reads tokens that are yet to come.
 */
export function samplingOf(session: Session, { sample }: Dataset, asked: ScheduledSampling<Names, Names> | undefined): Sampling {
  if (asked === undefined) return { sampling: undefined, teacherForcing: 1 };
  const { teacherForcing, passes, sampling, ...names } = optionsOf(who, samplingTable, asked as ScheduledSampling<string, string>);
  const { ends, graph, indices } = session.model;
  const input = nameOf("input", names.input, ends.inputs, single.inputs),
    output = nameOf("output", names.output, ends.outputs, single.outputs);
  const built = session.build(sample);
  const tokens = entryOf(built.inputs, input),
    { spec, activation } = entryOf(built.outputs, output);
  const [steps = 0] = tokens.shape;
  if (tokens.dtype !== "i32" || tokens.shape.length !== 1)
    throw refused(who, "input", input, "that of tokens, [samples, steps] whole numbers");
  const [outputSteps, classes = 0] = spec.shape;
  const isScore = spec.shape.length === 2 && outputSteps === steps && (activation === "softmax" || activation === "linear");
  if (!isScore)
    throw refused(who, "output", output, `one that scores a token for each of the ${steps} steps of "${input}", as logits or a softmax`);
  const known = indices[input];
  if (known !== undefined && classes > known) throw unread(input, output, classes, known);
  built.stepForm(input, steps); // which refuses models that read later steps
  if (teacherForcing === 1) return { sampling: undefined, teacherForcing };
  const readers = readersOf(graph, entryOf(graph.inputs, input));
  const hidden = readers.flatMap(({ layer: { config } }) => {
    const { maskIndex } = config as { readonly maskIndex?: unknown }; // of whatever layer
    return typeof maskIndex === "number" ? [maskIndex] : [];
  });
  return { sampling: { input, output, passes, sampling, hidden: [...new Set(hidden)] }, teacherForcing };
}

function nameOf(option: string, given: string | undefined, names: readonly string[] | null, one: string): string {
  if (names === null) {
    if (given === undefined) return one;
    throw refused(who, option, given, "left out: the model has one without a name");
  }
  const name = given ?? (names.length === 1 ? names[0] : undefined);
  if (name !== undefined && names.includes(name)) return name;
  throw refused(who, option, given, `one of ${names.join(", ")}`, names);
}

function unread(input: string, output: string, classes: number, known: number): SluiceError {
  const what = `the output "${output}" has ${classes} tokens, the input "${input}" is read as one of ${known}`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Give the embedding an inputDim of as many as there are outputs", facts: { classes, known } }); // prettier-ignore
}
