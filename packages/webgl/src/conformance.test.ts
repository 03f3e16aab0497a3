// Every law of the conformance suite on real WebGL, in both of its versions.
import { testLaws } from "@sluice/conformance";
import * as vitest from "vitest";
import { open } from "./open.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const thorough = process.env["SLUICE_THOROUGH"] === "1";
/** Kernels take 20 to 80 ms each to compile on a software rasteriser: a run meets a few structures of each pool, other ones for each seed. */
vitest.describe.each([
  ["webgl2", 2],
  ["webgl", 1],
] as const)("%s", (mode, structures) => {
  const budget = thorough ? { milliseconds: 4_000, structures: 4 * structures } : { milliseconds: 500, examples: 2_000, structures };
  testLaws(vitest, `webgl on ${mode}`, () => open({ modes: [mode] }), { ...budget, seed, report: console.log });
});
