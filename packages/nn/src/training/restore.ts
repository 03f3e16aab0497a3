// The way back of `trainer.checkpoint`, into a trainer that is there: for callbacks, at the start of a fit.
import { SluiceError } from "@sluice/core";
import { inTurns } from "../host/turns.ts";
import { startOf } from "../learner/variables.ts";
import type { Saved } from "../model/saved.ts";
import { isRecord } from "../options/table.ts";
import { checkState, checkTrained } from "./checks.ts";
import { startFrom } from "./savedState.ts";
import type { Session } from "./session.ts";

/** See `Training.restore`. */
export async function restore(session: Session, saved: Saved, who: string): Promise<void> {
  const { backend, dtype, seed, batchesPerUpdate } = session;
  const variables = session.variables(who);
  const { layout } = variables;
  const { training } = isRecord(saved) ? saved : ({} as Partial<Saved>); // whatever callers without types give
  if (training === undefined) throw withoutState(who);
  const optimizer = session.optimizer(who);
  checkState(who, training, optimizer, batchesPerUpdate);
  checkTrained(who, layout, training);
  const start = await inTurns(startOf({ who, backend, layout, dtype, seed, optimizer, saved: startFrom(saved) }));
  variables.restart(start, training.step, training.learningRateScale);
  session.epoch = training.epoch;
  session.kept = training.progress;
}

function withoutState(who: string): SluiceError {
  const fix = "Save with { optimizer: true }, and load without { optimizer: false }";
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what: "what is to be restored was saved without its optimizer", fix });
}
