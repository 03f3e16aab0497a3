// Every law as a test of its own, in the test runner that is handed in: it imports none.
import type { Backend } from "@sluice/core";
import type { HuntOptions, Law } from "./law.ts";
import { format, laws, type Verdict } from "./suite.ts";

/** What Vitest and Jest export. */
export interface Runner {
  test(name: string, run: () => Promise<void>): unknown;
  beforeAll(run: () => Promise<void>): unknown;
  afterAll(run: () => Promise<void>): unknown;
}

export interface TestOptions extends Partial<HuntOptions> {
  /** Is told at the end how many examples each law met. */
  readonly report?: (text: string) => void;
}

/**
 * Makes a test of every law, on backends from `open`. Call it in a test file, or in a `describe`.
 *
 * Hunts for 2,000 milliseconds per law unless told otherwise, from a seed of the clock, which is in the report: let tests take well
 * longer than that. One more backend stays open meanwhile, so that what all backends of a device share is made once.
 *
 * ```ts
 * testLaws(vitest, "mine", open, { milliseconds: 10_000, report: console.log });
 * ```
 */
export function testLaws(
  { test, beforeAll, afterAll }: Runner,
  name: string,
  open: () => Promise<Backend>,
  { milliseconds = 2_000, seed = Date.now() % 2 ** 31, report, ...most }: TestOptions = {},
): void {
  const verdicts: Verdict[] = [];
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(async () => {
    await backend.close();
    report?.(format({ backend: name, seed, ok: verdicts.length === laws.length, verdicts }));
  });
  for (const law of laws)
    test(law.name, async () => {
      const { examples } = await law.run(open, { milliseconds, seed, ...most });
      checkExamples(law, backend, examples);
      verdicts.push({ law: law.name, examples });
    });
}

/** A law that met no example holds of nothing, which only those may that say nothing of such a backend. */
function checkExamples({ unless }: Law, { supports }: Backend, examples: number): void {
  const isSilent = unless?.(supports) === true;
  if (isSilent === examples > 0)
    throw new Error(`internal: ${examples} examples of a law that ${isSilent ? "says nothing of" : "is for"} this backend`);
}
