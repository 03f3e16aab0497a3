// What is written of a model: it, and the weights it has now.
import { SluiceError } from "@sluice/core";
import { refused, type Rule } from "@sluice/core/arguments";
import type { AnyModel, AnyTrainer } from "../model/model.ts";
import type { Saved } from "../model/saved.ts";

/** A model that was loaded or given weights, or a trainer with those it holds. */
export type Source = AnyModel | Pick<AnyTrainer, "model" | "checkpoint">;

const anySource: Rule<Source> = {
  expected: "a model or a trainer (saveCheckpoint and serializeCheckpoint are for learners)",
  accepts: (value): value is Source =>
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    ("graph" in value || ("checkpoint" in value && "model" in value)),
};

/** As of this call. Throws INVALID_ARGUMENT for what is neither, and for a model that has no weights yet. */
export async function savedOf(
  who: string,
  source: Source,
  { optimizer = false }: { readonly optimizer?: boolean } = {},
): Promise<{ readonly model: AnyModel; readonly saved: Saved }> {
  if (!anySource.accepts(source)) throw refused(who, "the model", source, anySource.expected);
  if ("checkpoint" in source) return { model: source.model, saved: await source.checkpoint({ optimizer }) };
  const { saved } = source;
  if (saved !== undefined) return { model: source, saved };
  const what = `the model "${source.name}" has no weights yet`;
  const fix = "Give its trainer, a model that was loaded, or model.withWeights(…)";
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix });
}
