import type { HostArray } from "@sluice/core";
import { open } from "@sluice/cpu";
import { adam, dense, input, lstm, sequential, type Model } from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { openSafetensors } from "../safetensors/file.ts";
import { writeSafetensors } from "../safetensors/write.ts";
import { fromPyTorch } from "./fromPyTorch.ts";
import { torchCases } from "./testing/cases.ts";
import { torchFixture, torchModule } from "./testing/torch.ts";
import { toPyTorch } from "./toPyTorch.ts";

const backend = await open();
afterAll(() => backend.close());

type State = Readonly<Record<string, HostArray>>;

/** What must be there bit for bit: all but the biases of recurrent modules, whose sums are, and the count of batches. */
function comparable(state: State): State {
  const all = Object.entries(state).map(([name, array]): [string, HostArray] => {
    if (name.endsWith("num_batches_tracked")) return [name, { ...array, data: new Int32Array(1) }];
    if (!/bias_[ih]h/.test(name)) return [name, array];
    const isGru = Object.keys(state).some(
      (each) => each.replace("weight_hh", "bias_hh") === name.replace("bias_ih", "bias_hh") && state[each]?.shape[0] === 12,
    );
    const other = state[name.replace(/bias_([ih])h/, (_, which: string) => (which === "i" ? "bias_hh" : "bias_ih"))]!;
    const sums = array.data.map((value, i) => (isGru && i >= 8 ? value : value + (other.data[i] ?? 0))); // the candidate of 4 units has two
    return [name, { ...array, data: sums }];
  });
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test.each(Object.entries(torchCases))(
  "%s goes back as it came, and comes again with the same bits",
  async (name, { own, model, layers }) => {
    const { tensors } = await (own ? torchFixture(name) : torchModule(name));
    const known = model as unknown as Model; // whatever its names
    const shape = name === "tagger" ? { shape: [5] as const } : {};
    const made = await fromPyTorch(known, tensors, { layers, ...shape });
    const back = await toPyTorch(made, { layers });
    expect(comparable(back)).toEqual(comparable(tensors));
    const file = await openSafetensors(writeSafetensors(back, { metadata: { format: "pt" } }));
    const again = await fromPyTorch(known, file, { layers, ...shape });
    expect(again.saved?.weights).toEqual(made.saved?.weights);
  },
);

test("a trainer's weights go as they are now, by the names of layers, and nobody shares memory with them", async () => {
  using trainer = await sequential([input({ shape: [4, 2] }), lstm({ units: 3 }), dense({ units: 1 })]).compile({
    backend,
    optimizer: adam(),
    loss: "mse",
    seed: 1,
  });
  const before = await toPyTorch(trainer);
  expect(Object.keys(before)).toEqual([
    "lstm.weight_ih_l0",
    "lstm.weight_hh_l0",
    "lstm.bias_ih_l0",
    "lstm.bias_hh_l0",
    "dense.weight",
    "dense.bias",
  ]);
  const x = { dtype: "f32", shape: [2, 4, 2], data: new Float32Array(16).fill(0.5) } as const;
  await trainer.fit({ x, y: [[1], [2]] }, { epochs: 2 });
  const after = await toPyTorch(trainer);
  expect(after["dense.bias"]?.data[0]).not.toBe(before["dense.bias"]?.data[0]);
  const model = await fromPyTorch(trainer.model, after);
  for (const array of Object.values(after)) array.data.fill(NaN);
  using again = await model.compile({ backend });
  expect((await again.predict(x)).data).toEqual((await trainer.predict(x)).data);
});
