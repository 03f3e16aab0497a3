import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { format, laws, type Verdict } from "./suite.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const milliseconds = process.env["SLUICE_THOROUGH"] === "1" ? 40_000 : 2_000;
const verdicts: Verdict[] = [];

test.each(laws.map((law) => [law.name, law] as const))("%s", async (name, law) => {
  const { examples } = await law.run(open, { milliseconds, seed });
  expect(examples).toBeGreaterThan(0);
  verdicts.push({ law: name, examples });
});

afterAll(() => console.log(format({ backend: "reference", seed, ok: verdicts.length === laws.length, verdicts })));
