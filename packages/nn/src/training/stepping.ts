// What streams and decoders are made of: the model step by step, and the inputs that are known as a whole before.
import { allOrNothing, SluiceError } from "@sluice/core";
import { checkSize, refused } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import { inTurns } from "../host/turns.ts";
import type { Spec } from "../layers/spec.ts";
import type { BuiltModel, StepForm } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import type { AnyModel } from "../model/model.ts";
import { single, type Names } from "../model/names.ts";
import type { StepOptions } from "../model/streams.ts";
import { Inputs } from "./batch.ts";
import { samplesOf, type Samples } from "./dataset.ts";
import type { Session } from "./session.ts";

export interface Stepping {
  readonly built: BuiltModel;
  readonly form: StepForm;
  /** The input whose steps come one by one. */
  readonly over: string;
  /** Of one sample of it, without its steps. */
  readonly row: Spec;
  readonly batch: number;
  /** Inputs that are known before, on the backend; the caller's to dispose of. */
  readonly others: Inputs;
}

/** Throws INVALID_ARGUMENT for inputs that are missing or unknown, SHAPE_MISMATCH for rows that are not `batch`, and what `stepForm` throws. */
export async function stepping(
  session: Session,
  options: StepOptions<Names>,
  { who, batch }: { readonly who: string; readonly batch: number | undefined },
): Promise<Stepping> {
  if (batch !== undefined) checkSize(who, "batch", batch);
  const over = overOf(session.model, options, who);
  const known = session.samplesKnown(who);
  const given = await othersOf(session, options, { who, over, known });
  const rows = given?.samples ?? batch ?? 1;
  if (batch !== undefined && rows !== batch) throw unlike(who, batch, rows);
  const sample: Named<Spec> = { ...known, ...given?.sample };
  const built = session.build(sample);
  const row = rowOf(entryOf(sample, over), who);
  const form = built.stepForm(over, options.maxSteps);
  const others = allOrNothing((keep) => {
    const { backend, dtype: float } = session;
    const counted = Object.keys(given?.lengths ?? {});
    const inputs = keep(new Inputs(backend, { batch: rows, sample: given?.sample ?? {}, counted, dtype: float }));
    if (given !== undefined) inputs.write(given, { order: undefined, from: 0, count: rows });
    return inputs;
  });
  return { built, form, over, row, batch: rows, others };
}

/** One step of such a sample. Throws INVALID_ARGUMENT where it has none. */
export function rowOf({ shape, axes, dtype }: Spec, who: string): Spec {
  if (axes[0] !== "steps") throw refused(who, "the model", `one of samples [${axes.join(", ")}]`, "one of sequences, [batch, steps, …]");
  return { shape: shape.slice(1), axes: axes.slice(1), dtype };
}

/** The input whose steps are run. Throws INVALID_ARGUMENT where that is not said, or wrong. */
export function overOf({ ends }: Pick<AnyModel, "ends">, { over }: StepOptions<Names>, who: string): string {
  if (ends.inputs === null) return over === undefined ? single.inputs : wrongOver(who, over, []);
  if (over !== undefined) return ends.inputs.includes(over) ? over : wrongOver(who, over, ends.inputs);
  const [only, another] = ends.inputs;
  return only !== undefined && another === undefined ? only : wrongOver(who, over, ends.inputs);
}

function wrongOver(who: string, over: unknown, inputs: readonly string[]): never {
  throw refused(who, "over", over, inputs.length === 0 ? "left out: the input has no name" : `one of ${inputs.join(", ")}`, inputs);
}

interface Asking {
  readonly who: string;
  readonly over: string;
  readonly known: Named<Spec>;
}

/** Undefined where there are none. */
async function othersOf(
  session: Session,
  { inputs, lengths }: StepOptions<Names>,
  { who, over, known }: Asking,
): Promise<Samples | undefined> {
  const names = (session.model.ends.inputs ?? []).filter((name) => name !== over);
  if (names.length === 0) {
    for (const [option, given] of Object.entries({ inputs, lengths }))
      if (given !== undefined && Object.keys(given).length > 0) throw refused(who, option, given, "left out: there are no other inputs");
    return undefined;
  }
  const ends = { inputs: names, outputs: null };
  const sampleOf = (shapes: Named<readonly number[]>): Named<Spec> => {
    const all = session.sampleOf({ ...Object.fromEntries(Object.entries(known).map(([name, { shape }]) => [name, shape])), ...shapes });
    return Object.fromEntries(names.map((name) => [name, entryOf(all, name)]));
  };
  const reading = { dtype: session.dtype, ends, indices: session.model.indices, sampleOf };
  return inTurns(samplesOf({ x: (inputs ?? {}) as Named<Numbers>, ...(lengths !== undefined && { lengths }) }, reading, who)); // which checks that none is missing
}

function unlike(who: string, batch: number, rows: number): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `the other inputs have ${rows} rows, ${batch} sequences are asked for`,
    fix: "Give as many rows as sequences",
    facts: { batch, rows },
  });
}
