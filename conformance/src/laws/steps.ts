// What every backend owes every Program: the right numbers within its own declared accuracy, in order, and again; and to the bit where only bits will do.
import type { TypedArray } from "@sluice/core";
import { contentsOf } from "../arbitraries/contents.ts";
import { type Kind, type ProgramOptions, kinds, programs } from "../arbitraries/programs.ts";
import type { Law } from "../law.ts";
import { numbers } from "./numbers.ts";
import { roundingLaw } from "./rounding.ts";
import { verbs } from "./verbs.ts";
import { wholeLaw } from "./whole.ts";
import { type PoolOptions, pooled } from "./pool.ts";

/** The laws of steps and of the verbs that run them. */
export const stepLaws: readonly Law[] = [
  ...kinds.map((kind) => within(`${kind}: every result is within its error budget`, { kinds: [kind], steps: 1, scans: "none" })),
  within("scan: steps move by their advance and read what earlier iterations wrote", { kinds, steps: 1, scans: "all" }),
  within("programs: every step sees what all earlier steps wrote", { kinds, steps: 5, scans: "some" }),
  pooled({
    name: "special numbers: NaN, infinities and denormals come through as far as they are kept",
    programs: (supports) => programs(supports, { kinds, steps: 2, scans: "none" }),
    claim: (trial, seed) => judged(trial, seed, true),
  }),
  pooled({
    name: "repeats: the same program gives the same bits on the same data",
    programs: (supports) => programs(supports, { kinds, steps: 3, scans: "some" }),
    unless: ({ repeats }) => repeats === "no",
    async claim(trial, seed) {
      const contents = contentsOf(trial.program, seed);
      const [once, again] = [await trial.run(contents), await trial.run(contents)];
      once.forEach((data, binding) => sameBits(data, again[binding]!, binding));
    },
  }),
  ...numbers,
  wholeLaw,
  roundingLaw,
  ...verbs,
];

function within(name: string, options: ProgramOptions & { readonly kinds: readonly Kind[] }): Law {
  return pooled({ name, programs: (supports) => programs(supports, options), claim: (trial, seed) => judged(trial, seed) });
}

async function judged(trial: Parameters<PoolOptions["claim"]>[0], seed: number, specials = false): Promise<void> {
  const contents = contentsOf(trial.program, seed, specials);
  trial.judge(contents, await trial.run(contents));
}

function sameBits(once: TypedArray, again: TypedArray, binding: number): void {
  const differs = once.findIndex((value: number, i: number) => !Object.is(value, again[i]));
  if (differs >= 0)
    throw new Error(`binding ${binding}, element ${differs}: ${once[differs]} the first time, ${again[differs]} the second`);
}
