// What stands in front of a recurrence (convolution, normalisation by batch, activations, pooling, noise), trained with prices and constraints, comes to the same on every backend.
import type { Backend } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import { expect, test } from "vitest";
import { frontNumbers } from "../testing/frontModel.ts";

const reference = await openReference();
const wanted = await frontNumbers(reference, "f64");
await reference.close();

test.each<[string, () => Promise<Backend>]>([
  ["cpu", openCpu],
  ["workers", openWorkers],
])("on %s it comes to what the reference does in f64, as far as f32 goes", async (_, open) => {
  const backend = await open();
  const got = await frontNumbers(backend, "f32");
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => expect(Math.abs(value - (wanted[i] ?? NaN))).toBeLessThan(1e-5));
  await backend.close();
});
