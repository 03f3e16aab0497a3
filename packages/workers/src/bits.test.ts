// Results have the same bits for every number of threads: all laws, on backends that must agree whenever something is read.
import { laws } from "@sluice/conformance";
import { expect, test } from "vitest";
import { open } from "./open.ts";
import { alike } from "./testing/alike.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const isThorough = process.env["SLUICE_THOROUGH"] === "1";
const budget = isThorough ? { milliseconds: 6_000 } : { milliseconds: 300, structures: 8 };

test.each(laws.map((law) => [law.name, law] as const))("1, 2, 3 and 4 threads agree to the last bit where %s", async (title, law) => {
  const backends = () => Promise.all([1, 2, 3, 4].map((threads) => open({ threads, threshold: 0 })));
  const { examples } = await law.run(async () => alike(await backends()), { ...budget, seed });
  expect(examples).toBeGreaterThan(0);
  console.log(`workers, 1 to 4 threads alike: ${examples} examples  ${title}`);
});
