import {
  bidirectional,
  conv1D,
  batchNormalization,
  dense,
  embedding,
  gru,
  input,
  lstm,
  maxPooling1D,
  model,
  multiHeadAttention,
  add,
  layerNormalization,
  globalAveragePooling1D,
  sequential,
  simpleRNN,
} from "@sluice/nn";
import { describe, expect, it } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { difference } from "../testing/goldens.ts";
import { fromKeras } from "./fromKeras.ts";
import { inspectKerasWeights } from "./inspectKerasWeights.ts";
import { loadKerasWeights } from "./loadKerasWeights.ts";
import { kerasNames, numbersOf } from "../testing/keras.ts";
import { toKerasWeights } from "./toKeras.ts";

const weights = (name: string): Uint8Array => fixtureBytes(`keras/${name}.weights.h5`);

const recurrences = () =>
  sequential([
    lstm({ units: 4, returnSequences: true }),
    gru({ units: 3, returnSequences: true }),
    gru({ units: 3, returnSequences: true, resetAfter: false }),
    simpleRNN({ units: 5, goBackwards: true }),
  ]);

describe("loadKerasWeights", () => {
  it("finds layers by class, in order", async () => {
    expect(await difference(loadKerasWeights(recurrences(), weights("sequential-recurrent"), { shape: [5, 3] }), "keras/sequential-recurrent")).toBeLessThan(2e-6);
    const masked = sequential([input({ shape: [5], dtype: "i32" }), embedding({ inputDim: 11, outputDim: 5, maskIndex: 0 }), bidirectional(lstm({ units: 4, returnSequences: true })), bidirectional(gru({ units: 3 }), { mergeMode: "ave" }), dense({ units: 4, activation: "softmax" })]);
    expect(await difference(loadKerasWeights(masked, weights("masked-bidirectional")), "keras/masked-bidirectional")).toBeLessThan(2e-6);
    const convolved = sequential([input({ shape: [5, 3] }), conv1D({ filters: 6, kernelSize: 3, padding: "causal", activation: "relu" }), batchNormalization(), maxPooling1D(), lstm({ units: 4, recurrentActivation: "hardSigmoidKeras3" }), dense({ units: 2 })]);
    expect(await difference(loadKerasWeights(convolved, weights("conv-lstm")), "keras/conv-lstm")).toBeLessThan(2e-6);
  }); // prettier-ignore

  it("finds layers by name, whatever their order", async () => {
    const x = input({ shape: [5, 6] }),
      normal = layerNormalization()(add()([multiHeadAttention({ numHeads: 2, keyDim: 3 })(x), x]));
    const a = dense({ units: 2, activation: "softmax", name: "a" })(globalAveragePooling1D()(dense({ units: 6, activation: "relu", name: "dense_1" })(normal))),
      b = dense({ units: 1, name: "head" })(lstm({ units: 4 })(normal));
    const two = model({ inputs: x, outputs: { a, b } });
    expect(await difference(loadKerasWeights(two, weights("functional-attention-two-heads"), { layers: { head: "b" } }), "keras/functional-attention-two-heads")).toBeLessThan(2e-6);
  }); // prettier-ignore

  it.each(kerasNames)("%s takes back what it gave", async (name) => {
    const read = fromKeras(fixtureBytes(`keras/${name}.keras`));
    expect(numbersOf(loadKerasWeights(read, await toKerasWeights(read)))).toEqual(numbersOf(read));
  });

  it("tells all that is missing, too many and of another shape at once", () => {
    const other = sequential([input({ shape: [5, 3] }), lstm({ units: 5, returnSequences: true }), gru({ units: 3 }), dense({ units: 2 })]);
    expect(() => loadKerasWeights(other, weights("sequential-recurrent"))).toThrow(
      /missing: layers\/dense\/vars\/0 .*layers\/dense\/vars\/1 .*of another shape: layers\/lstm\/cell\/vars\/0 .*too many: layers\/gru_1\/cell\/vars\/0.*layers\/simple_rnn\/cell\/vars\/2/s,
    );
  });

  it("refuses what it cannot know", () => {
    expect(() => loadKerasWeights(recurrences(), weights("sequential-recurrent"))).toThrow(/shape/);
    expect(() => loadKerasWeights(recurrences(), weights("sequential-recurrent"), { shape: [5, 3], layers: { lstn: "a" } })).toThrow(
      /lstm/,
    );
    expect(() => loadKerasWeights(recurrences(), fixtureBytes("keras/sequential-recurrent.keras"))).toThrow(/fromKeras\(bytes\)/);
    expect(() => loadKerasWeights(recurrences(), "a.weights.h5" as never)).toThrow(/Read the file first/);
    expect(() => loadKerasWeights(recurrences(), weights("sequential-recurrent"), { layers: [] as never })).toThrow(/layers must be/);
    expect(() => loadKerasWeights(recurrences(), new Uint8Array(9))).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
  });

  it("a file tells its variables and whose they are", () => {
    const told = inspectKerasWeights(weights("masked-bidirectional"));
    expect(told.map(({ layer, type, shape }) => [layer, type, shape.join()])).toContainEqual(["embedding", "f32", "11,5"]);
    expect(told.every(({ path }) => path.startsWith("layers/"))).toBe(true);
    expect(() => inspectKerasWeights(new Uint8Array(40))).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
  });
});
