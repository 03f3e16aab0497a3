import type { Backend } from "@sluice/core";
import { open } from "@sluice/cpu";
import { afterAll, beforeAll, expect, test } from "vitest";
import { casesOf, wrongOnes } from "./testing/cases.ts";

let backend: Backend;
beforeAll(async () => void (backend = await open()));
afterAll(() => backend.close());

/** So many in one Program. */
const together = 32;

const partsOf = (file: string) => {
  const cases = casesOf(file);
  return Array.from({ length: Math.ceil(cases.length / together) }, (_, i) => cases.slice(i * together, (i + 1) * together)).map(
    (part) => [file, part[0]!.name, part] as const,
  );
};

test.each(["operators", "attention", "recurrent", "scattering"].flatMap(partsOf))(
  "%s give onnxruntime's numbers, from %s on",
  async (_, __, part) => {
    expect(await wrongOnes(backend, part, false)).toEqual([]);
  },
);

test.each(partsOf("operators"))("%s give the same where all is known, from %s on", async (_, __, part) => {
  expect(await wrongOnes(backend, part, true)).toEqual([]);
});
