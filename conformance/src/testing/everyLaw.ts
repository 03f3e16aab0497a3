// For tests: every law as a test of its own, on one backend.
import type { Backend } from "@sluice/core";
import { afterAll, expect, test } from "vitest";
import { format, laws, type Verdict } from "../suite.ts";

export function everyLaw(name: string, open: () => Promise<Backend>): void {
  const seed = Number(process.env["SLUICE_SEED"]);
  const milliseconds = process.env["SLUICE_THOROUGH"] === "1" ? 12_000 : 2_000;
  const verdicts: Verdict[] = [];

  test.each(laws.map((law) => [law.name, law] as const))("%s", async (title, law) => {
    const { examples } = await law.run(open, { milliseconds, seed });
    expect(examples).toBeGreaterThan(0);
    verdicts.push({ law: title, examples });
  });

  afterAll(() => console.log(format({ backend: name, seed, ok: verdicts.length === laws.length, verdicts })));
}
