// For tests: every law on one backend, as long as the run says and from its seed. Where examples are cheap, 2,000 of them are enough for a quick run: as many as any other property meets in a thorough one.
import type { Backend } from "@sluice/core";
import * as vitest from "vitest";
import { testLaws } from "../testLaws.ts";

export function everyLaw(name: string, open: () => Promise<Backend>): void {
  const budget = process.env["SLUICE_THOROUGH"] === "1" ? { milliseconds: 12_000 } : { milliseconds: 1_000, examples: 2_000 };
  testLaws(vitest, name, open, { ...budget, seed: Number(process.env["SLUICE_SEED"]), report: console.log });
}
