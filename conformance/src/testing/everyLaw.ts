// For tests: every law on one backend, as long as the run says and from its seed.
import type { Backend } from "@sluice/core";
import * as vitest from "vitest";
import { testLaws } from "../testLaws.ts";

export function everyLaw(name: string, open: () => Promise<Backend>): void {
  const milliseconds = process.env["SLUICE_THOROUGH"] === "1" ? 12_000 : 1_000;
  testLaws(vitest, name, open, { milliseconds, seed: Number(process.env["SLUICE_SEED"]), report: console.log });
}
