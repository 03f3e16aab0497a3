// Results have the same bits for every number of threads: all laws, on backends that must agree whenever something is read.
import { testLaws } from "@sluice/conformance";
import * as vitest from "vitest";
import { open } from "./open.ts";
import { alike } from "./testing/alike.ts";

const budget = process.env["SLUICE_THOROUGH"] === "1" ? { milliseconds: 6_000 } : { milliseconds: 300, examples: 2_000, structures: 8 };
const seed = Number(process.env["SLUICE_SEED"]);

vitest.describe("1, 2, 3 and 4 threads agree to the last bit", () => {
  const backends = () => Promise.all([1, 2, 3, 4].map((threads) => open({ threads, threshold: 0 })));
  testLaws(vitest, "workers, 1 to 4 threads alike", async () => alike(await backends()), { ...budget, seed, report: console.log });
});
