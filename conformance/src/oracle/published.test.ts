// Figures published elsewhere, their conventions converted by hand. A figure agrees where the oracle is within half a unit of its last
// printed digit plus what rounding may have done at the source: to its inputs, and on the way in float32 or float64.
import { describe, expect, test } from "vitest";
import { columns, float32, float64, ifgo, iofg, misses, plus, printed, rzn, tensor, timeMajor, vector, zrn } from "../testing/figures.ts";
import { bidirectional } from "./bidirectional.ts";
import { gru } from "./gru.ts";
import { lstm } from "./lstm.ts";
import { rnn } from "./rnn.ts";
import { recurrence } from "./sequence.ts";

describe("microsoft/onnxruntime, onnxruntime/test/providers/cpu/rnn/deep_cpu_lstm_op_test.cc", () => {
  const x = timeMajor([2, 2, 1], [1, 2, 10, 11]);
  const wx = columns([0.1, 0.2, 0.3, 0.4, 1, 2, 3, 4, 10, 11, 12, 13], 1, iofg);
  const job = {
    arithmetic: float32,
    units: 3,
    x,
    weights: { wx, wh: columns(Array(36).fill(0.1), 3, iofg), b: vector(Array(12).fill(0)) },
  };

  test("MixedSequenceLengths: LSTM, lengths 2 and 1", () => {
    const { outputs, last, state } = recurrence(lstm()).run({ ...job, lengths: [2, 1] });
    const h = [0.84196719, 0.89402526, 0.91073048, 0.34526032, 0.47220859, 0.55850911];
    expect(misses(outputs, [0.28828835, 0.36581863, 0.45679406, ...h.slice(0, 3), ...h.slice(3), 0, 0, 0], 8)).toEqual([]);
    expect(misses(last, h, 8)).toEqual([]);
    expect(misses(state.h, h, 8)).toEqual([]);
    expect(misses(state.c, [1.27731147, 1.44181041, 1.53179041, 0.54983425, 0.59868795, 0.64565659], 8)).toEqual([]);
  });

  test("MixedSequenceLengthsReverse: LSTM, lengths 1 and 2", () => {
    const { outputs, last, state } = recurrence(lstm(), { reverse: true }).run({ ...job, lengths: [1, 2] });
    const h = [0.28828844, 0.36581877, 0.45679423, 0.64046413, 0.82303363, 0.91610711];
    expect(misses(outputs, [...h.slice(0, 3), 0, 0, 0, ...h.slice(3), 0.62759886, 0.71640738, 0.74624585], 8)).toEqual([]);
    expect(misses(last, h, 8)).toEqual([]);
    expect(misses(state.c, [0.52497941, 0.54983425, 0.5744428, 1.34960834, 1.54772296, 1.65633056], 8)).toEqual([]);
  });
});

describe("microsoft/onnxruntime, onnxruntime/test/providers/cpu/rnn/deep_cpu_gru_op_test.cc", () => {
  const x = timeMajor([2, 2, 1], [-0.1, 0.2, -0.3, 0.4]);
  const wx = columns([0.1, 0.2, 0.3, 0.2, 0.3, 0.1, 0.3, 0.1, 0.2], 1, zrn);
  const wh = columns(Array(27).fill(0.1), 3, zrn);
  const inputBias = [-0.01, 0.1, 0.01, -0.2, -0.02, 0.02, 0.3, -0.3, -0.3];
  const recurrentBias = [-0.03, 0.5, -0.7, 0.05, -0.7, 0.3, 0.07, -0.03, 0.5];

  test("ForwardDefaultActivationsSimpleWeightsWithBiasBatchParallel: GRU, reset before", () => {
    const weights = { wx, wh, b: vector(plus(inputBias, recurrentBias)) };
    const { outputs } = recurrence(gru({ reset: "before" })).run({ arithmetic: float32, units: 3, x, weights });
    const [t0, t1] = [
      [0.16783132, -0.11754231, 0.11977843, 0.2046872, -0.10372487, 0.15365849],
      [0.22688604, -0.19698407, 0.14017843, 0.33386092, -0.15799662, 0.2381169],
    ] as const;
    expect(misses(outputs, [...t0.slice(0, 3), ...t1.slice(0, 3), ...t0.slice(3), ...t1.slice(3)], 7)).toEqual([]);
  });

  test("ReverseDefaultActivationsSimpleWeightsWithBiasBatchParallelLinearBeforeReset: GRU, reset after", () => {
    const b = vector([...plus(inputBias, recurrentBias).slice(0, 6), ...inputBias.slice(6)]);
    const weights = { wx, wh, b, bh: vector(recurrentBias.slice(6)) };
    const { outputs } = recurrence(gru(), { reverse: true }).run({ arithmetic: float32, units: 3, x, weights });
    const [t0, t1] = [
      [0.20910699, -0.18880953, -0.04005555, 0.29700265, -0.15308119, 0.04537245],
      [0.12252139, -0.12032216, -0.05064924, 0.21249877, -0.08884402, 0.04751285],
    ] as const;
    expect(misses(outputs, [...t0.slice(0, 3), ...t1.slice(0, 3), ...t0.slice(3), ...t1.slice(3)], 8)).toEqual([]);
  });
});

describe("webmachinelearning/webnn-baseline", () => {
  const exactly = () => 0;
  const tenths = { wx: columns(Array(27).fill(0.1), 3, zrn, exactly), wh: columns(Array(27).fill(0.1), 3, zrn, exactly) };
  const job = {
    arithmetic: float64,
    units: 3,
    x: tensor([3, 1, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9], exactly),
    state: { h: tensor([3, 3], Array(9).fill(2), exactly) },
  };

  test("test/gru_cell_test.js, gruCell with resetAfter false", () => {
    const { last } = recurrence(gru({ reset: "before" })).run({
      ...job,
      weights: { ...tenths, b: vector(Array(9).fill(0.1 + 1), exactly) },
    });
    expect(
      misses(
        last,
        [1.906856117423314, 1.9606980991458889, 1.983688371193181].flatMap((h) => [h, h, h]),
        15,
      ),
    ).toEqual([]);
  });

  test("test/gru_cell_test.js, gruCell with explicit zrn layout: a bias of its own for every gate and unit, reset after", () => {
    const bias = [1.9853785, 2.2497437, 0.6179927, 0.3148022, -0.4366297, -0.9718124, -1.257099, -1.5698853, -0.39671835];
    const b = vector(
      bias.map((v, i) => (i < 6 ? v + 1 : v)),
      exactly,
    );
    const { last } = recurrence(gru()).run({ ...job, weights: { ...tenths, b, bh: vector([1, 1, 1], exactly) } });
    expect(
      misses(
        last,
        [
          1.9801673183552388, 1.9812534682811542, 1.9376592706336329, 1.9935192730591977, 1.9947569570033654, 1.9759958501762682,
          1.997469445392646, 1.9980404252433588, 1.9902071255213296,
        ],
        15,
      ),
    ).toEqual([]);
  });

  test("test/lstm_test.js, lstm steps=2 direction=both returnSequence=true", () => {
    const side = {
      wx: columns([1, -1, 2, -2, 1, -1, 2, -2, 1, -1, 2, -2, 1, -1, 2, -2], 2, iofg, exactly),
      wh: columns(Array(16).fill(0.1), 2, iofg, exactly),
      b: vector([2, 4, 2, 4, 2, 4, 2, 4], exactly),
    };
    const x = timeMajor([2, 2, 2], [1, 2, 2, 1, 3, 4, 1, 2], exactly);
    const { outputs, state } = bidirectional(lstm()).run({ arithmetic: float64, units: 2, weights: { forward: side, backward: side }, x });
    const low = [0.36960635293570576, 0.6082834181835157];
    const high = [0.5764073262004139, 0.8236227651782412];
    const row0 = [...low, ...high, ...high, ...low];
    const row1 = [
      0.7037753329989016,
      0.7586680430344475,
      0.8635294727880538,
      0.9491350760903781,
      0.6612355785279247,
      0.8442635760318142,
      ...low,
    ];
    expect(misses(outputs, [...row0, ...row1], 15)).toEqual([]);
    expect(misses(state.forward.c, [1.0171455721466105, 1.6205496282195793, 1.338846378789257, 1.7642604746965693], 15)).toEqual([]);
    expect(misses(state.backward.c, [1.0171455721466105, 1.6205496282195793, 1.485626937219704, 1.8449554199024933], 15)).toEqual([]);
  });
});

// Computed with PyTorch by the authors of the tests. Weights by rows; two biases.
describe("tracel-ai/burn, crates/burn-nn/src/modules/rnn", () => {
  const x = tensor([1, 4, 2], [0.949, -0.861, 0.892, 0.927, -0.173, -0.301, -0.081, 0.992]);
  const h = { forward: tensor([1, 3], [0.28, 0.36, -1.242]), backward: tensor([1, 3], [-0.588, 0.729, -0.788]) };

  test("basic.rs::test_bidirectional: RNN both ways from an initial state", () => {
    const weights = {
      forward: {
        wx: columns([0.367, 0.322, 0.091, 0.533, 0.342, 0.059], 2, [0]),
        wh: columns([-0.32, 0.093, -0.467, 0.232, -0.572, 0.325, -0.165, -0.315, 0.046], 3, [0]),
        b: vector(plus([-0.196, 0.354, 0.209], [0.181, -0.19, -0.245])),
      },
      backward: {
        wx: columns([-0.055, -0.369, 0.506, 0.178, 0.247, -0.258], 2, [0]),
        wh: columns([0.159, -0.443, 0.098, 0.18, 0.485, -0.085, -0.037, -0.488, -0.14], 3, [0]),
        b: vector(plus([0.54, -0.164, 0.033], [-0.51, 0.105, 0.114])),
      },
    };
    const state = { forward: { h: h.forward }, backward: { h: h.backward } };
    const { outputs, last } = bidirectional(rnn()).run({ arithmetic: float32, units: 3, weights, x, state });
    expect(
      misses(
        outputs,
        [
          [0.5226, -0.637, 0.021, 0.0685, 0.3867, 0.3602],
          [0.358, 0.8431, 0.4129, -0.3175, 0.4374, 0.1766],
          [-0.3837, -0.2703, -0.3957, -0.1542, -0.1122, 0.0725],
          [0.5059, 0.5527, 0.1244, -0.6779, 0.3725, -0.3387],
        ].flat(),
        4,
      ),
    ).toEqual([]);
    expect(misses(last, [0.5059, 0.5527, 0.1244, 0.0685, 0.3867, 0.3602], 4)).toEqual([]);
  });

  test("lstm/bilstm_module.rs::test_bidirectional: LSTM both ways from initial states", () => {
    const forward = {
      wx: [
        0.367, 0.322, 0.091, 0.533, 0.342, 0.059, -0.342, -0.432, -0.084, 0.119, -0.42, 0.191, -0.046, -0.533, -0.382, 0.558, 0.321, 0.004,
        -0.577, -0.55, -0.359, 0.268, 0.216, 0.243,
      ],
      wh: [
        -0.32, 0.093, -0.467, 0.232, -0.572, 0.325, -0.165, -0.315, 0.046, 0.453, 0.211, -0.499, 0.063, 0.149, -0.158, 0.561, 0.213, 0.068,
        -0.358, -0.345, -0.508, 0.109, 0.091, 0.221, 0.139, -0.368, -0.507, -0.383, -0.357, -0.106, 0.449, -0.093, 0.236, 0.222, 0.449,
        0.36,
      ],
      bx: [-0.196, 0.354, 0.209, 0.315, -0.413, -0.041, -0.358, 0.282, -0.078, -0.227, -0.274, 0.039],
      bh: [0.181, -0.19, -0.245, -0.431, -0.535, 0.125, 0.502, -0.509, -0.247, -0.361, -0.209, -0.454],
    };
    const backward = {
      wx: [
        -0.055, -0.369, 0.506, 0.178, 0.247, -0.258, -0.154, -0.369, -0.432, -0.31, -0.547, -0.175, -0.571, -0.331, 0.228, 0.11, -0.287,
        0.219, 0.491, 0.313, -0.442, -0.121, 0.333, -0.07,
      ],
      wh: [
        0.159, -0.443, 0.098, 0.18, 0.485, -0.085, -0.037, -0.488, -0.14, -0.005, -0.011, 0.426, -0.277, -0.101, 0.379, -0.515, -0.365,
        0.337, 0.449, -0.045, 0.138, -0.24, 0.131, -0.201, 0.071, 0.124, 0.191, -0.03, -0.019, 0.466, 0.268, -0.28, -0.365, 0.299, -0.314,
        -0.248,
      ],
      bx: [0.54, -0.164, 0.033, 0.141, 0.004, 0.055, -0.206, -0.546, 0.462, -0.387, -0.25, 0.066],
      bh: [-0.51, 0.105, 0.114, -0.382, 0.331, -0.176, -0.03, 0.211, -0.352, -0.398, -0.199, -0.566],
    };
    const side = ({ wx, wh, bx, bh }: typeof forward) => ({ wx: columns(wx, 2, ifgo), wh: columns(wh, 3, ifgo), b: vector(plus(bx, bh)) });
    const state = {
      forward: { h: h.forward, c: tensor([1, 3], [0.723, 0.397, -0.262]) },
      backward: { h: h.backward, c: tensor([1, 3], [0.471, 0.613, 1.885]) },
    };
    const run = bidirectional(lstm()).run({
      arithmetic: float32,
      units: 3,
      weights: { forward: side(forward), backward: side(backward) },
      x,
      state,
    });
    expect(
      misses(
        run.outputs,
        [
          [0.23764, -0.03442, 0.04414, -0.15635, -0.03366, -0.05798],
          [0.00473, -0.02254, 0.02988, -0.1651, -0.00306, 0.08742],
          [0.0621, -0.06509, -0.05339, -0.0171, 0.02091, 0.16012],
          [-0.0342, 0.07774, -0.09774, -0.02604, 0.12584, 0.20872],
        ].flat(),
        5,
      ),
    ).toEqual([]);
    expect(misses(run.state.forward.c, [-0.13593, 0.17125, -0.22395], 5)).toEqual([]);
    expect(misses(run.state.backward.c, [-0.45425, -0.11206, -0.12908], 5)).toEqual([]);
  });

  test("gru.rs::test_gru_against_pytorch: GRU, reset after, from an initial state; weights printed to four decimals", () => {
    const wx = [
      0.4414, 0.4792, -0.1353, 0.5304, -0.1265, 0.1165, -0.2811, 0.3391, 0.509, -0.4236, 0.5018, 0.1081, 0.4266, 0.0782, 0.2784, -0.0815,
      0.4451, 0.0853,
    ];
    const wh = [
      -0.2695, 0.1472, -0.266, -0.0677, -0.2345, 0.383, -0.4557, -0.2662, -0.163, -0.3471, 0.0545, -0.5702, 0.5214, -0.4904, 0.4457, 0.0961,
      -0.1875, 0.3568, 0.09, 0.4665, 0.0631, -0.1821, 0.1551, -0.1566, 0.243, 0.5155, 0.3337,
    ];
    const [r, z, n] = [
      [-0.2524, 0.3333, 0.1033],
      [0.2932, -0.3519, -0.5715],
      [-0.2231, -0.4428, 0.4737],
    ] as const;
    const [ur, uz, un] = [
      [0.1663, 0.2391, 0.1826],
      [-0.01, 0.4518, -0.4102],
      [0.0364, -0.3941, 0.178],
    ] as const;
    const four = printed(4);
    const b = vector([...plus(z, uz), ...plus(r, ur), ...n], () => 2 * four());
    const weights = { wx: columns(wx, 2, rzn, four), wh: columns(wh, 3, rzn, four), b, bh: vector(un, four) };
    const inputs = tensor([1, 4, 2], [-0.11147, 0.12036, -0.36963, -0.24042, -1.19692, 0.20927, -0.97236, -0.75505], printed(5));
    const state = { h: tensor([1, 3], [0.3239, -0.10852, 0.21033], printed(5)) };
    const { outputs } = recurrence(gru()).run({ arithmetic: float32, units: 3, weights, x: inputs, state });
    expect(
      misses(
        outputs,
        [0.05665, -0.34932, 0.43267, -0.1737, -0.49246, 0.38099, -0.35401, -0.68099, 0.05061, -0.47854, -0.70427, -0.13648],
        5,
      ),
    ).toEqual([]);
  });
});

// Computed with PyTorch by the authors of the tests: W = cos(0, 1, 2 …), U = sin(0, 1, 2 …), two biases in a pattern of four.
describe("huggingface/candle, candle-nn/tests/rnn.rs", () => {
  const x = tensor([1, 7, 2], [3, 1.5, 1, 0.5, 4, 2, 1, 0.5, 5, 2.5, 9, 4.5, 2, 1]);
  const count = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));
  const bias = (i: number) => [-1, 1, -0.5, 2][i % 4]!;
  const recurrentBias = (i: number) => Math.cos([1, -1, 0.5, 2][i % 4]!);

  test("lstm", () => {
    const weights = {
      wx: columns(count(24, Math.cos), 2, ifgo),
      wh: columns(count(36, Math.sin), 3, ifgo),
      b: vector(count(12, (i) => bias(i) + recurrentBias(i))),
    };
    const { state } = recurrence(lstm()).run({ arithmetic: float32, units: 3, weights, x });
    expect(misses(state.h, [0.9919, 0.1738, -0.1451], 4)).toEqual([]);
    expect(misses(state.c, [5.725, 0.4458, -0.2908], 4)).toEqual([]);
  });

  test("gru: reset after", () => {
    const gates = count(9, (i) => bias(i) + recurrentBias(i));
    const b = vector([...gates.slice(3, 6), ...gates.slice(0, 3), bias(6), bias(7), bias(8)]);
    const weights = {
      wx: columns(count(18, Math.cos), 2, rzn),
      wh: columns(count(27, Math.sin), 3, rzn),
      b,
      bh: vector([6, 7, 8].map(recurrentBias)),
    };
    const { state } = recurrence(gru()).run({ arithmetic: float32, units: 3, weights, x });
    expect(misses(state.h, [0.0579, 0.8836, -0.9991], 4)).toEqual([]);
  });
});
