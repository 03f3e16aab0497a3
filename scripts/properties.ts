// Runs before every test file: one seed for all properties of a run, and more runs of each in a thorough one.
import { configureGlobal } from "fast-check";

configureGlobal({
  seed: Number(process.env["SLUICE_SEED"]),
  ...(process.env["SLUICE_THOROUGH"] === "1" && { numRuns: 2_000 }),
});
