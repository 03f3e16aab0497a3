import { checked } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { stepLaws } from "./steps.ts";

const seed = Number(process.env["SLUICE_SEED"]);

test.each(stepLaws)("checked: $name", async (law) => {
  const { examples } = await law.run(async () => checked(await open()), { milliseconds: 200, seed });
  expect(examples).toBeGreaterThan(0);
});
