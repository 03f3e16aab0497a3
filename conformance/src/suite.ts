// Runs laws on a backend and says what held. It knows no test runner: a backend's author may call it from any.
import type { Backend } from "@sluice/core";
import type { HuntOptions, Law } from "./law.ts";
import { attentionLaws } from "./laws/attention.ts";
import { attentionStepsLaw } from "./laws/attentionSteps.ts";
import { cellLaws } from "./laws/cells.ts";
import { lastLaw } from "./laws/last.ts";
import { convolutionLaw } from "./laws/convolution.ts";
import { layerLaws } from "./laws/layers.ts";
import { orderingLaw } from "./laws/ordering.ts";
import { paddingLaws } from "./laws/padding.ts";
import { stepLaws } from "./laws/steps.ts";

/** Every law there is: of single steps, of cells, of attention, of what stands between layers, of order along an axis, of convolution, and of padding. */
export const laws: readonly Law[] = [
  ...stepLaws,
  ...cellLaws,
  ...attentionLaws,
  attentionStepsLaw,
  ...layerLaws,
  orderingLaw,
  convolutionLaw,
  lastLaw,
  ...paddingLaws,
];

export interface SuiteOptions {
  /** About how long to hunt, per law. */
  readonly milliseconds?: number;
  /** No further ones after so many, per law: where they are cheap, it ends before its time. Default as many as the time allows. */
  readonly examples?: number;
  /** Same seed, same examples. By default from the clock, and in the report. */
  readonly seed?: number;
  /** At most so many of the structures that a law of cells or attention meets at least once; other ones for each seed. Default all. */
  readonly structures?: number;
  /** Only the laws whose names it matches. */
  readonly only?: RegExp;
}

export interface Verdict {
  readonly law: string;
  /** How many examples held. Absent where one did not. */
  readonly examples?: number;
  /** What broke the law: the smallest counterexample found, its seed and its path. */
  readonly counterexample?: string;
}

export interface Report {
  readonly backend: string;
  readonly seed: number;
  readonly ok: boolean;
  readonly verdicts: readonly Verdict[];
}

/**
 * Checks the laws one after the other, each on a backend of its own from `open`.
 *
 * Hunts for 2,000 milliseconds per law unless told otherwise. Resolves with a report whether or not they hold; rejects only with what `open` rejects with.
 *
 * ```ts
 * const report = await runSuite(open, { milliseconds: 10_000 });
 * console.log(format(report));
 * ```
 */
export async function runSuite(
  open: () => Promise<Backend>,
  { milliseconds = 2_000, seed = Date.now() % 2 ** 31, only = /(?:)/, ...most }: SuiteOptions = {},
): Promise<Report> {
  const backend = await open();
  await backend.close();
  const verdicts: Verdict[] = [];
  for (const law of laws.filter(({ name }) => only.test(name))) verdicts.push(await judge(law, open, { milliseconds, seed, ...most }));
  return { backend: backend.name, seed, ok: verdicts.every(({ counterexample }) => counterexample === undefined), verdicts };
}

/** The report as text: a line per law, and under a broken one what broke it. */
export function format({ backend, seed, verdicts }: Report): string {
  const held = verdicts.filter(({ counterexample }) => counterexample === undefined).length;
  const lines = verdicts.map(({ law, examples, counterexample }) =>
    counterexample === undefined
      ? `  holds  ${`${examples}`.padStart(7)} examples  ${law}`
      : `  FAILS  ${law}\n${indented(counterexample)}`,
  );
  return [`${backend}: ${held} of ${verdicts.length} laws hold (seed ${seed})`, ...lines].join("\n");
}

async function judge(law: Law, open: () => Promise<Backend>, options: HuntOptions): Promise<Verdict> {
  try {
    return { law: law.name, ...(await law.run(open, options)) };
  } catch (error) {
    return { law: law.name, counterexample: error instanceof Error ? error.message : String(error) };
  }
}

function indented(text: string): string {
  return text.replace(/^/gm, "         ");
}
