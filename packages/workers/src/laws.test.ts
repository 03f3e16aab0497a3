import { testLaws } from "@sluice/conformance";
import * as vitest from "vitest";
import { open } from "./open.ts";

testLaws(vitest, "workers, 2 threads", () => open({ threads: 2, threshold: 0 }), {
  ...(process.env["SLUICE_THOROUGH"] === "1" ? { milliseconds: 8_000 } : { milliseconds: 1_000, examples: 2_000 }),
  seed: Number(process.env["SLUICE_SEED"]),
  report: console.log,
});
