import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { agrees, kept } from "./testing/agrees.ts";
import { modelCases } from "./testing/cases.ts";
import { exported } from "./testing/running.ts";

const backend = await open();
afterAll(() => backend.close());

test.each(modelCases)("what is written of $name is the same numbers again, at other sizes too", async (one) => {
  const made = await exported(kept ? one : { ...one, runs: one.runs.slice(-1) }, backend);
  expect(made.runs.length).toBe(kept ? one.runs.length : 1);
  await agrees(one.name, made, backend);
});
