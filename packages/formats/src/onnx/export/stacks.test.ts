import { open } from "@sluice/cpu";
import * as nn from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { agrees, kept } from "./testing/agrees.ts";
import { drawn, exported } from "./testing/running.ts";

const backend = await open();
afterAll(() => backend.close());

type Stacked = (size: number, pick: <T>(...of: readonly T[]) => T) => nn.InSequence;

/** Layers that keep the steps, each with options drawn. */
const layers: readonly Stacked[] = [
  (units, pick) => nn.lstm({ units, returnSequences: true, peepholes: pick(true, false), activation: pick("tanh", "softsign", "gelu") }),
  (units, pick) => nn.gru({ units, returnSequences: true, reset: pick("after", "before", "none"), update: pick("keeps", "replaces") }),
  (units, pick) => nn.simpleRNN({ units, returnSequences: true, goBackwards: pick(true, false) }),
  (units, pick) => nn.bidirectional(nn.gru({ units, returnSequences: true }), { mergeMode: pick("concat", "sum", "mul") }),
  (units, pick) => nn.dense({ units, activation: pick("relu", "softmax", "mish", "selu") }),
  (units, pick) => nn.conv1D({ filters: units, kernelSize: pick(1, 2, 3), padding: pick("same", "causal"), strides: 1 }),
  (_, pick) => nn.maxPooling1D({ poolSize: 2, padding: "same", strides: pick(1, 2) }),
  (_, pick) => nn.layerNormalization({ epsilon: pick(1e-3, 1e-5) }),
  () => nn.batchNormalization(),
  () => nn.rmsNormalization(),
  (_, pick) => nn.multiHeadAttention({ numHeads: 2, keyDim: pick(2, 3), causal: pick(true, false) }),
  () => nn.attention({ causal: true, residual: true }),
  () => nn.dropout({ rate: 0.3 }),
  (units) => nn.timeDistributed(nn.dense({ units })),
];

test.each(Array.from({ length: kept ? 60 : 8 }, (_, i) => i))(
  "a stack of layers drawn at random, %i, is the same numbers again",
  async (seed) => {
    const draw = drawn(`stack ${seed}`);
    const pick = <T>(...of: readonly T[]): T => of[Math.floor(draw(0, of.length))]!; // one of them
    const stack = Array.from({ length: 2 + Math.floor(draw(0, 4)) }, () => pick(...layers)(2 + 2 * Math.floor(draw(0, 3)), pick));
    const head = pick<nn.InSequence>(nn.globalAveragePooling1D(), nn.lstm({ units: 3 }), nn.globalMaxPooling1D(), nn.dense({ units: 3 }));
    const runs = [...(kept ? [{ batch: 2, steps: 7 }] : []), { batch: 3, steps: 10 }];
    const made = await exported(
      { name: `stack-${seed}`, model: nn.sequential([...stack, head, nn.dense({ units: 2 })]), shapes: { x: [7, 4] }, runs },
      backend,
    );
    expect(made.bytes.length).toBeGreaterThan(100);
    await agrees(`stack-${seed}`, made, backend);
  },
);
