// Figures published elsewhere for variants of the cells; see published.test.ts for when one agrees.
import { describe, expect, test } from "vitest";
import { columns, float32, float64, iofg, misses, tensor, timeMajor, vector, zrn } from "../testing/figures.ts";
import { bidirectional } from "./bidirectional.ts";
import { gru } from "./gru.ts";
import { lstm } from "./lstm.ts";
import { recurrence } from "./sequence.ts";

const exactly = () => 0;

describe("microsoft/onnxruntime, onnxruntime/test/providers/cpu/rnn/deep_cpu_lstm_op_test.cc, LstmOpContext2x1x2x2", () => {
  const x = timeMajor([2, 1, 2], [-0.455351, -0.276391, -0.185934, -0.269585]);
  // Rows by gates i o f c, two units each.
  const w = [
    [-0.494659, 0.0453352, -0.487793, 0.417264],
    [-0.0175329, 0.489074, -0.446013, 0.414029],
    [-0.0091708, -0.255364, -0.106952, -0.266717],
    [-0.0888852, -0.428709, -0.283349, 0.208792],
  ];
  const r = [
    [0.146626, -0.0620289, -0.0815302, 0.100482],
    [-0.219535, -0.306635, -0.28515, -0.314112],
    [-0.228172, 0.405972, 0.31576, 0.281487],
    [-0.394864, 0.42111, -0.386624, -0.390225],
  ];
  const b = [
    [0.381619, 0.0323954],
    [-0.14449, 0.420804],
    [-0.258721, 0.45056],
    [-0.250755, 0.0967895],
  ];
  const [pi, po, pf] = [
    [0.2345, 0.5235],
    [0.4378, 0.3475],
    [0.8927, 0.3456],
  ] as const;
  const gates = (order: readonly number[], bias: readonly (readonly number[])[] = b) => {
    const rows = (of: readonly (readonly number[])[]) => order.flatMap((gate) => of[gate]!);
    const own = order.map((_, i) => i);
    return { wx: columns(rows(w), 2, own), wh: columns(rows(r), 2, own), b: vector(rows(bias)) };
  };
  const weights = { ...gates(iofg), wc: vector([...pi, ...pf, ...po]) };
  const job = { arithmetic: float32, units: 2, x };

  test("ONNXRuntime_TestLSTMForwardPeepHole", () => {
    const { outputs, state } = recurrence(lstm({ peepholes: true })).run({ ...job, weights });
    expect(misses(outputs, [-0.0251062475, 0.0561261699, -0.03277518, 0.05935364], 8)).toEqual([]);
    expect(misses(state.c, [-0.0780206, 0.098829], 7)).toEqual([]);
  });

  test("ONNXRuntime_TestLSTMForwardNoBiasUsePeepholes", () => {
    const unbiased = b.map((of) => of.map(() => 0));
    const { outputs, state } = recurrence(lstm({ peepholes: true })).run({ ...job, weights: { ...weights, ...gates(iofg, unbiased) } });
    expect(misses(outputs, [0.04154162, 0.01969122, 0.05298181, 0.0030589], 8)).toEqual([]);
    expect(misses(state.c, [0.11169686, 0.00625722], 8)).toEqual([]);
  });

  test("ONNXRuntime_TestLSTMBackward", () => {
    const { outputs, state } = recurrence(lstm({ peepholes: true }), { reverse: true }).run({ ...job, weights });
    expect(misses(outputs, [-0.03189282, 0.07626793, -0.03068724, 0.02803503], 8)).toEqual([]);
    expect(misses(state.c, [-0.07536839, 0.12079399], 8)).toEqual([]);
  });

  test("ONNXRuntime_TestLSTMForwardInputForget: coupled gates with peepholes", () => {
    const coupled = { ...gates([0, 3, 1]), wc: vector([...pi, ...po]) };
    const { outputs, state } = recurrence(lstm({ peepholes: true, coupled: true })).run({ ...job, weights: coupled });
    expect(misses(outputs, [-0.02510626, 0.05612619, -0.0314321, 0.05087372], 8)).toEqual([]);
    expect(misses(state.c, [-0.07474898, 0.08480116], 8)).toEqual([]);
  });
});

describe("webmachinelearning/webnn-baseline", () => {
  test('test/lstm_test.js, lstm steps=2 direction="backward" returnSequence=true activations=[relu, relu, relu]', () => {
    const weights = {
      wx: columns([1, -1, 2, -2, 1, -1, 2, -2, 1, -1, 2, -2, 1, -1, 2, -2], 2, iofg, exactly),
      wh: columns(Array(16).fill(0.1), 2, iofg, exactly),
      b: vector([2, 4, 2, 4, 2, 4, 2, 4], exactly),
      wc: vector(Array(6).fill(0), exactly),
    };
    const x = timeMajor([2, 2, 2], [1, 2, 2, 1, 3, 4, 1, 2], exactly);
    const cell = lstm({ peepholes: true, activation: "relu", recurrentActivation: "relu" });
    const { outputs, state } = recurrence(cell, { reverse: true }).run({ arithmetic: float64, units: 2, weights, x });
    expect(misses(outputs, [10.469, 58.029, 1, 8, 74.529, 518.949, 1, 8], 13)).toEqual([]);
    expect(misses(state.c, [5.51, 20.01, 19.11, 75.21], 13)).toEqual([]);
  });

  test("test/gru_cell_test.js, gruCell with [tanh, sigmoid] activations", () => {
    const bias = [1.9853785, 2.2497437, 0.6179927, 0.3148022, -0.4366297, -0.9718124, -1.257099, -1.5698853, -0.39671835];
    const tenths = columns(Array(27).fill(0.1), 3, zrn, exactly);
    const b = vector(
      bias.map((v, i) => (i < 6 ? v + 1 : v)),
      exactly,
    );
    const { last } = recurrence(gru({ activation: "sigmoid", recurrentActivation: "tanh" })).run({
      arithmetic: float64,
      units: 3,
      x: tensor([3, 1, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9], exactly),
      state: { h: tensor([3, 3], Array(9).fill(2), exactly) },
      weights: { wx: tenths, wh: tenths, b, bh: vector([1, 1, 1], exactly) },
    });
    expect(
      misses(
        last,
        [
          1.9994052973405467, 1.9996265670444457, 1.9916469375315222, 1.9999129608020485, 1.9999467564798181, 1.9987442445027492,
          1.9999865812225888, 1.99999193815786, 1.9997998773572325,
        ],
        15,
      ),
    ).toEqual([]);
  });

  test("test/gru_test.js, gru with 2 steps, both direction and resetAfter=true: relu", () => {
    const side = {
      wx: columns(
        zrn.flatMap(() => [1, -1, 2, -2, 0.5, -0.5, 0, 0.1]),
        2,
        zrn,
        exactly,
      ),
      wh: columns(Array(48).fill(0.1), 4, zrn, exactly),
      b: vector([2, 4, 2, 4, 2, 2, 2, 2, 0.5, 0.5, 0.5, 0.5], exactly),
      bh: vector(Array(4).fill(0.5), exactly),
    };
    const x = timeMajor([2, 3, 2], [1, 2, 2, 1, 1, 1, 3, 4, 1, 2, 1, 1], exactly);
    const run = bidirectional(gru({ activation: "relu", recurrentActivation: "relu" })).run({
      arithmetic: float64,
      units: 4,
      weights: { forward: side, backward: side },
      x,
    });
    const forward = [0, 0, -0.3324375, -23.753077664625003, 0, 0, 0, -2.213315, -1.10775, -12.32325, -1.10775, -14.5189275];
    const backward = [
      0, 0, -0.2806875, -25.444256959125006, -1.7041918646249996, -9.280220864624999, -1.4041221146249998, -21.154623314625002, -1.10775,
      -12.32325, -1.10775, -14.5189275,
    ];
    expect(misses(run.state.forward.h, forward, 13)).toEqual([]);
    expect(misses(run.state.backward.h, backward, 13)).toEqual([]);
  });
});
