// The recorder: what it keeps, that it changes nothing, and that it goes on from a checkpoint.
import { open } from "@sluice/cpu";
import { adam, dense, deserialize, dropout, input, sequential, serialize, simpleRNN, type Callback } from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { gradientFlow } from "./gradientFlow.ts";
import { gradientFlowRecorder } from "./gradientFlowRecorder.ts";

const backend = await open();
afterAll(() => backend.close());
const [rows, steps] = [20, 6];
const x = Array.from({ length: rows }, (_, i) => Array.from({ length: steps }, (_, t) => [Math.sin(i + t)]));
const y = x.map((row) => [row[0]![0]!]);
const data = { x, y };
const options = { backend, optimizer: adam({ learningRate: 0.01 }), loss: "mse", seed: 5 } as const;
const net = sequential([input({ shape: [steps, 1] }), simpleRNN({ units: 4 }), dropout({ rate: 0.2 }), dense({ units: 1 })]);
const fitting = { epochs: 3, batchSize: 4 } as const;

test("it records before the first batch and every so many after, layer by time by step, and changes no number", async () => {
  await using plain = await net.compile(options);
  await plain.fit(data, fitting);
  await using trainer = await net.compile(options);
  const heard: number[] = [];
  const recorder = gradientFlowRecorder({ data, samples: 8, every: 4, onRecord: (_, batch) => void heard.push(batch) });
  const start = await gradientFlow(trainer, data, { samples: 8 });
  await trainer.fit(data, { ...fitting, callbacks: [recorder] });
  const { record } = recorder;
  expect(record.batches).toEqual([0, 4, 8, 12]);
  expect(heard).toEqual(record.batches);
  expect(record.layers.map(({ layer, state, norms }) => [layer, state, norms.length, norms[0]?.length])).toEqual([
    ["simpleRNN", "h", 4, steps],
  ]);
  expect(record.layers[0]?.norms[0]).toEqual(start.layers[0]?.mean);
  expect(record.losses[0]).toBe(start.loss);
  expect(record.losses.at(-1)).toBeLessThan(record.losses[0]!);
  expect(record.layers[0]?.verdicts[0]).toBe(start.layers[0]?.verdict.name);
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  expect(await trainer.weights()).toEqual(await plain.weights());
});

test("what was recorded goes into checkpoints, and a fit that goes on from one records on", async () => {
  await using trainer = await net.compile(options);
  const recorder = gradientFlowRecorder({ data, samples: 8, every: 4 });
  let bytes: Uint8Array | undefined;
  const saving: Callback = {
    name: "saving",
    isLast: true,
    onTrainBatchEnd: async (_, training) =>
      void (training.batches === 6 && (bytes = await serialize(training.trainer, { optimizer: true }))),
  };
  await trainer.fit(data, { ...fitting, callbacks: [recorder, saving] });
  await using again = await net.compile(options);
  const second = gradientFlowRecorder({ data, samples: 8, every: 4 });
  const restoring: Callback = { name: "restoring", onTrainBegin: (training) => training.restore(deserialize(bytes!).saved!) };
  await again.fit(data, { ...fitting, callbacks: [restoring, second] });
  expect(second.record.batches.filter((batch) => batch !== 6)).toEqual(recorder.record.batches);
  expect(second.record.layers[0]?.norms.at(-1)).toEqual(recorder.record.layers[0]?.norms.at(-1));
});

test("options that make no sense are refused", () => {
  expect(() => gradientFlowRecorder({ data, every: 0 })).toThrow("every");
  expect(() => gradientFlowRecorder({} as never)).toThrow("data");
  expect(() => gradientFlowRecorder({ data, evry: 3 } as never)).toThrow("every");
});
