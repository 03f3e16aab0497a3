import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { fromOnnx } from "../import/fromOnnx.ts";
import { agrees, keep } from "./testing/agrees.ts";
import { functionCases } from "./testing/functionCases.ts";
import { exportedFunction } from "./testing/running.ts";

const backend = await open();
afterAll(() => backend.close());

test.each(functionCases)("what is written of the traced function $name is the same numbers again", async (one): Promise<void> => {
  const made = await exportedFunction(one, backend);
  expect(made.runs).toHaveLength(1);
  if (one.unread === undefined) return agrees(`function-${one.name}`, made, backend);
  keep(`function-${one.name}`, made);
  expect(() => fromOnnx(made.bytes)).toThrow(one.unread);
});
