import { laws } from "@sluice/conformance";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const milliseconds = process.env["SLUICE_THOROUGH"] === "1" ? 8_000 : 1_000;

test.each(laws.map((law) => [law.name, law] as const))("%s", async (title, law) => {
  const { examples } = await law.run(() => open({ threads: 2, threshold: 0 }), { milliseconds, seed });
  expect(examples).toBeGreaterThan(0);
  console.log(`workers, 2 threads: ${examples} examples  ${title}`);
});
