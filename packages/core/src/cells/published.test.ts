// Figures that others published, for the variants they have.
import { describe, expect, test } from "vitest";
import { lstm, type HostArray } from "../index.ts";
import { open } from "../reference.ts";
import { columns, flat, regrouped } from "../testing/columns.ts";
import { f64, filled, misses } from "../testing/numbers.ts";
import { runCell } from "../testing/running.ts";

const backend = await open();

// Weights by rows, gates in the source's order; the figures are printed to 8 decimals and computed in float32.
describe("microsoft/onnxruntime, test/providers/cpu/rnn/deep_cpu_lstm_op_test.cc, commit 00ca168", () => {
  const iofc = [0, 2, 3, 1] as const; // where our i f g o stand
  const wx = columns(
    [
      -0.494659, 0.0453352, -0.487793, 0.417264, -0.0175329, 0.489074, -0.446013, 0.414029, -0.0091708, -0.255364, -0.106952, -0.266717,
      -0.0888852, -0.428709, -0.283349, 0.208792,
    ],
    2,
    iofc,
  );
  const wh = columns(
    [
      0.146626, -0.0620289, -0.0815302, 0.100482, -0.219535, -0.306635, -0.28515, -0.314112, -0.228172, 0.405972, 0.31576, 0.281487,
      -0.394864, 0.42111, -0.386624, -0.390225,
    ],
    2,
    iofc,
  );
  const b = columns([0.381619, 0.0323954, -0.14449, 0.420804, -0.258721, 0.45056, -0.250755, 0.0967895], 1, iofc);
  const wc = columns([0.2345, 0.5235, 0.4378, 0.3475, 0.8927, 0.3456], 1, [0, 2, 1]); // their i o f
  const x = f64([-0.455351, -0.276391, -0.185934, -0.269585], 1, 2, 2);

  test("ONNXRuntime_TestLSTMForwardPeepHole", async () => {
    const got = await runCell(backend, lstm({ peepholes: true }), { weights: { wx, wh, b: flat(b), wc: flat(wc) }, x });
    expect(
      misses(got, { outputs: [-0.0251062475, 0.0561261699, -0.03277518, 0.05935364], "state.c": [-0.0780206, 0.098829] }, 1e-7),
    ).toEqual([]);
  });

  test("ONNXRuntime_TestLSTMForwardNoBiasUsePeepholes", async () => {
    const got = await runCell(backend, lstm({ peepholes: true }), { weights: { wx, wh, b: filled(0, 8), wc: flat(wc) }, x });
    expect(misses(got, { outputs: [0.04154162, 0.01969122, 0.05298181, 0.0030589], "state.c": [0.11169686, 0.00625722] }, 1e-7)).toEqual(
      [],
    );
  });

  test("ONNXRuntime_TestLSTMForwardInputForget: peepholes, coupled", async () => {
    const without = (from: HostArray) => regrouped(from, 2, ([i, , ...rest]) => [i!, ...rest]);
    const weights = { wx: without(wx), wh: without(wh), b: flat(without(b)), wc: flat(without(wc)) };
    const got = await runCell(backend, lstm({ peepholes: true, coupled: true }), { weights: weights, x });
    expect(misses(got, { outputs: [-0.02510626, 0.05612619, -0.0314321, 0.05087372], "state.c": [-0.07474898, 0.08480116] }, 1e-7)).toEqual(
      [],
    );
  });
});

test("tensorflow, contrib/lite/kernels/lstm_test.cc, BlackBoxTestWithCifgWithPeepholeNoProjectionNoClipping: there i = 1 − f", async () => {
  const coupled = (rows: readonly number[], inner: number) =>
    regrouped(columns(rows, inner, [0, 1, 2]), 4, ([f, ...rest]) => [f!.map((v) => -v), ...rest]);
  const wx = coupled(
    [
      -0.55291498, -0.42866567, 0.13056988, -0.3633365, -0.22755712, 0.28253698, 0.24407166, 0.33826375, -0.49770179, -0.27711356,
      -0.09624726, 0.05100781, 0.04717243, 0.48944736, -0.38535351, -0.17212132, 0.10725588, -0.02335852, -0.55932593, -0.09426838,
      -0.44257352, 0.54939759, 0.01533556, 0.42751634,
    ],
    2,
  );
  const wh = coupled(
    [
      -0.13832897, -0.0515101, -0.2359007, -0.16661474, -0.14340827, 0.36986142, 0.23414481, 0.55899, 0.10798943, -0.41174671, 0.17751795,
      -0.34484994, -0.35874045, -0.11352962, 0.27268326, 0.54058349, 0.54066205, -0.32668582, -0.43562764, -0.56094903, 0.42957711,
      0.01841056, -0.32764608, -0.33027974, -0.10826075, 0.20675004, 0.19069612, -0.03026325, -0.54532051, 0.33003211, 0.44901288,
      0.21193194, 0.41613156, 0.42610586, -0.16495961, -0.5663873, 0.30579174, -0.05115908, -0.33941799, 0.23364776, 0.11178309, 0.09481031,
      -0.26424935, 0.46261835, 0.50248802, 0.26114327, -0.43736315, 0.33149987,
    ],
    4,
  );
  const b = f64([-1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const wc = f64([-0.47485286, 0.51955009, 0.24458408, -0.31544167, -0.17135078, 0.82760304, 0.85573703, -0.77109635]);
  const x = f64([2, 3, 3, 4, 1, 1], 1, 3, 2);
  const got = await runCell(backend, lstm({ peepholes: true, coupled: true }), { weights: { wx, wh, b, wc }, x });
  const outputs = [
    -0.36444446, -0.00352185, 0.12886585, -0.05163646, -0.42312205, -0.01218222, 0.24201041, -0.08124574, -0.358325, -0.04621704,
    0.21641694, -0.06471302,
  ];
  expect(misses(got, { outputs }, 1e-6)).toEqual([]);
});
