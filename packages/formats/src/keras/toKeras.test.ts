// What is written for Keras, read again here. That Keras itself reads it and gives its own numbers was checked with each of these files (docs/formats/keras.md).
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { difference } from "../testing/goldens.ts";
import { fromKeras } from "./fromKeras.ts";
import { kerasNames } from "./testing.ts";
import { toKeras, toKerasWeights } from "./toKeras.ts";

describe("toKeras", () => {
  it.each(kerasNames)("%s goes out and comes back with Keras's numbers", async (name) => {
    const bytes = toKeras(fromKeras(fixtureBytes(`keras/${name}.keras`)));
    const folder = process.env["KERAS_OUT"];
    if (folder !== undefined) {
      writeFileSync(`${folder}/${name}.keras`, bytes);
      writeFileSync(
        `${folder}/${name}.weights.h5`,
        toKerasWeights(fromKeras(fixtureBytes(`keras/${name}.keras`)), { ends: name === "states" ? "dictionary" : "list" }),
      );
    }
    expect(await difference(fromKeras(bytes), `keras/${name}`)).toBeLessThan(2e-6);
  });
});
