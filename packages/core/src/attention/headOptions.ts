// The options of attention in several heads.
import { checkBoolean, checkPositive, checkSize } from "../arguments/checks.ts";
import { type Names, options as named } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import type { RotaryOptions } from "../positions/rotary.ts";
import { checkScore, type Score } from "./scores.ts";

export interface MultiHeadOptions {
  readonly heads: number;
  /** What each head compares its queries and keys by, with weights of its own, as `attention` does. Default "scaledDot". */
  readonly score?: Score | undefined;
  /** Width of the additive score's hidden layer; for that score alone, which needs it. */
  readonly units?: number | undefined;
  /** Without projections each head reads its own columns of query, key and value, and the heads side by side are the output. Default true. */
  readonly useProjections?: boolean | undefined;
  /** Heads of keys and values: head h reads number ⌊h·keyValueHeads / heads⌋. Divides `heads`. Default `heads`. */
  readonly keyValueHeads?: number | undefined;
  /** Columns of a head's queries and keys. Default the query's features / heads. */
  readonly size?: number | undefined;
  /** Columns of a head's values. Default `size`. */
  readonly valueSize?: number | undefined;
  /** Default true. */
  readonly useBias?: boolean | undefined;
  /** Features of the output. Default the query's. */
  readonly outputSize?: number | undefined;
  /** Turns queries and keys by their positions, counted from 0 (Su et al. 2021). Default false. */
  readonly rotary?: boolean | Pick<RotaryOptions, "base" | "interleaved"> | undefined;
}

/** The same, those left out filled in. */
export interface Heads extends MultiHeadOptions {
  readonly score: Score;
  readonly units: number;
  readonly useProjections: boolean;
  readonly keyValueHeads: number;
  readonly useBias: boolean;
}

export const name = "multiHeadAttention";

/**
 * Filled in. Throws INVALID_ARGUMENT for sizes that are no whole numbers above 0 or do not divide, for an unknown score, and for what there is only with
 * projections or another score.
 */
export function checkedHeads(options: MultiHeadOptions): Heads {
  const given: MultiHeadOptions = named<MultiHeadOptions>(name, options, names),
    { heads, keyValueHeads = heads, size, valueSize, outputSize, useBias = true, useProjections = true, score = "scaledDot" } = given;
  const filled = { ...given, keyValueHeads, useBias, useProjections, score, units: given.units ?? 0 };
  for (const [option, value] of Object.entries({ useBias, useProjections })) checkBoolean(name, option, value);
  checkRotary(given.rotary);
  checkScore(name, score, { units: given.units });
  for (const [option, value] of Object.entries({ heads, keyValueHeads, size, valueSize, outputSize }))
    if (value !== undefined) checkSize(name, option, value);
  if (heads % keyValueHeads !== 0) throw invalid(`keyValueHeads ${keyValueHeads} must divide heads ${heads}`);
  const ofProjections = Object.entries({ size, valueSize, outputSize, useBias: given.useBias }).find(([, value]) => value !== undefined);
  if (useProjections || ofProjections === undefined) return filled;
  throw invalid(`without projections there is no ${ofProjections[0]}`, "Leave it out");
}

const names: Names<MultiHeadOptions> = {
  heads: true,
  keyValueHeads: true,
  size: true,
  valueSize: true,
  useBias: true,
  outputSize: true,
  rotary: true,
  score: true,
  units: true,
  useProjections: true,
};

function checkRotary(rotary: MultiHeadOptions["rotary"]): void {
  if (rotary === undefined || typeof rotary === "boolean") return;
  const { base, interleaved } = named(name, rotary, { base: true, interleaved: true }, "rotary");
  if (base !== undefined) checkPositive(name, "base of rotary", base);
  if (interleaved !== undefined) checkBoolean(name, "interleaved of rotary", interleaved);
}

function invalid(what: string, fix?: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: name, what, ...(fix !== undefined && { fix }) });
}
