// Keras's own files against what Keras gave.
import { describe, expect, it } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { difference } from "../testing/goldens.ts";
import { kerasNames } from "../testing/keras.ts";
import { fromKeras } from "./fromKeras.ts";

describe("fromKeras", () => {
  it.each(kerasNames)("%s gives Keras's numbers", async (name) => {
    expect(await difference(fromKeras(fixtureBytes(`keras/${name}.keras`)), `keras/${name}`)).toBeLessThan(2e-6);
  });
});
