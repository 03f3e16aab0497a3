import { type Backend, hostArray } from "@sluice/core";
import { open } from "@sluice/cpu";
import { afterAll, beforeAll, expect, test } from "vitest";
import { casesOf } from "./testing/cases.ts";
import { compileOnnx, fromOnnx, streamOnnx } from "./index.ts";
import { tensorProto } from "./schema/tensor.ts";
import { info, model, node } from "./testing/build.ts";

let backend: Backend;
beforeAll(async () => void (backend = await open()));
afterAll(() => backend.close());

const wave = (n: number, seed: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(1.1 * i * seed + seed));
const weight = (name: string, ...shape: number[]) => tensorProto(name, "float32", shape, wave(shape.reduce((n, m) => n * m, 1), name.length)); // prettier-ignore

/** x [batch, steps, 3] → LSTM → layer normalisation → GRU → y [batch, steps, 2] and the last state of the GRU. */
const tagger = model({
  inputs: [info("x", ["batch", "steps", 3])],
  outputs: ["y", "h"],
  initialisers: [
    ...[
      weight("w", 1, 16, 3),
      weight("r1", 1, 16, 4),
      weight("gain", 4),
      weight("w22", 1, 6, 4),
      weight("r333", 1, 6, 2),
      weight("bias2", 1, 12),
    ],
    tensorProto("one", "int64", [1], BigInt64Array.of(1n)),
  ],
  nodes: [
    node("Transpose", ["x"], ["t"], { perm: [1, 0, 2] }),
    node("LSTM", ["t", "w", "r1"], ["a"], { hidden_size: 4 }),
    node("LayerNormalization", ["a", "gain"], ["n"], { axis: -1 }),
    node("Squeeze", ["n", "one"], ["s"]),
    node("GRU", ["s", "w22", "r333", "bias2"], ["b", "h"], { hidden_size: 2, linear_before_reset: 1 }),
    node("Squeeze", ["b", "one"], ["c"]),
    node("Transpose", ["c"], ["y"], { perm: [1, 0, 2] }),
  ],
});

test("a net of recurrent nodes gives step by step what it gives for all steps at once", async () => {
  const net = fromOnnx(tagger, { dims: { batch: 2, steps: 6 } }),
    x = hostArray(wave(36, 2), { shape: [2, 6, 3] });
  using all = await compileOnnx(backend, net);
  using steps = await streamOnnx(backend, net, { steps: "steps" });
  const wanted = await all({ x });
  for (const round of [1, 2]) {
    for (let t = 0; t < 6; t++) {
      const { y, h } = await steps({ x: [0, 1].map((row) => [[...x.data.slice((row * 6 + t) * 3, (row * 6 + t + 1) * 3)]]) });
      expect(y!.shape, `round ${round}`).toEqual([2, 1, 2]);
      const due = [0, 1].flatMap((row) => [...wanted["y"]!.data.slice((row * 6 + t) * 2, (row * 6 + t + 1) * 2)]);
      expect(Math.max(...due.map((value, i) => Math.abs(value - y!.data[i]!)))).toBeLessThan(1e-6);
      if (t === 5) expect(Math.max(...wanted["h"]!.data.map((value, i) => Math.abs(value - h!.data[i]!)))).toBeLessThan(1e-6);
    }
    steps.reset();
  }
});

test("a state that is an input is carried, or its net is refused", async () => {
  const bytes = model({
    inputs: [info("x", ["steps", 1, 3]), info("h", [1, 1, 2])],
    outputs: ["y", "hn"],
    initialisers: [weight("w", 1, 6, 3), weight("r", 1, 6, 2)],
    nodes: [node("GRU", ["x", "w", "r", "", "", "h"], ["y", "hn"], { hidden_size: 2 })],
  });
  const net = fromOnnx(bytes, { dims: { steps: 4 } }),
    x = wave(12, 3);
  using all = await compileOnnx(backend, net);
  using steps = await streamOnnx(backend, net, { steps: "steps", carry: { h: "hn" } });
  const wanted = (await all({ x, h: [[[0, 0]]] }))["y"]!.data;
  for (let t = 0; t < 4; t++) {
    const { y, ...others } = await steps({ x: x.slice(3 * t, 3 * t + 3) });
    expect(others).toEqual({});
    expect(Math.max(...y!.data.map((value, i) => Math.abs(value - wanted[2 * t + i]!)))).toBeLessThan(1e-6);
  }
  await expect(streamOnnx(backend, net, { steps: "steps" })).rejects.toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  await expect(streamOnnx(backend, net, { steps: "steps", carry: { h: "y" } })).rejects.toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH" }),
  );
});

test("nets that look at other steps, or run from the end, are refused", async () => {
  const mixing = model({ inputs: [info("x", [1, "steps", 2])], outputs: ["y"], nodes: [node("Softmax", ["x"], ["y"], { axis: 1 })] });
  const refused = (what: string) =>
    expect.objectContaining({ code: "UNSUPPORTED", message: expect.stringContaining(what) as string }) as Error;
  await expect(streamOnnx(backend, fromOnnx(mixing, { dims: { steps: 3 } }), { steps: "steps" })).rejects.toThrow(
    refused("does not go step by step"),
  );
  const reverse = casesOf("recurrent").find(({ name }) => name.includes("LSTM 14 hidden_size=2, direction=reverse"))!;
  const net = fromOnnx(Buffer.from(reverse.model, "base64"));
  await expect(streamOnnx(backend, net, { steps: { i0: 0 } })).rejects.toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  await expect(streamOnnx(backend, net, { steps: "time" })).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  await expect(streamOnnx(backend, net, { steps: { i9: 0 } })).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  const backwards = model({
    inputs: [info("x", ["steps", 1, 3])],
    outputs: ["y"],
    initialisers: [weight("w", 1, 4, 3), weight("r", 1, 4, 4)],
    nodes: [node("RNN", ["x", "w", "r"], ["y"], { hidden_size: 4, direction: "reverse" })],
  });
  await expect(streamOnnx(backend, fromOnnx(backwards, { dims: { steps: 3 } }), { steps: "steps" })).rejects.toThrow(
    refused("reads the steps from their end"),
  );
});
