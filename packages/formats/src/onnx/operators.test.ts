import type { Backend } from "@sluice/core";
import { open } from "@sluice/cpu";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { casesOf, wrongOnes } from "./testing/cases.ts";

let backend: Backend;
beforeAll(async () => void (backend = await open()));
afterAll(() => backend.close());

/** So many in one Program. */
const together = 32;

describe.each(["operators", "attention", "recurrent"])("%s", (file) => {
  const cases = casesOf(file),
    parts = Array.from({ length: Math.ceil(cases.length / together) }, (_, i) => cases.slice(i * together, (i + 1) * together));
  test.each(parts.map((part) => [part[0]!.name, part] as const))("give onnxruntime's numbers, from %s on", async (_, part) => {
    expect(await wrongOnes(backend, part, false)).toEqual([]);
  });
  if (file === "operators")
    test.each(parts.map((part) => [part[0]!.name, part] as const))("give the same where all is known, from %s on", async (_, part) => {
      expect(await wrongOnes(backend, part, true)).toEqual([]);
    });
});
