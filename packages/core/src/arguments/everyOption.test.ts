// Every public function that takes a record, with names and choices that there are not.
import { expect, test } from "vitest";
import * as core from "../index.ts";
import { open } from "../reference.ts";

const backend = await open();
const x = (...shape: number[]): core.Tensor => core.constant(0, shape);
const { lstm, gru, rnn, mgu, recurrence, bidirectional, stacked } = core;
const layer = recurrence(mgu()),
  own = { wx: x(1, 2), wh: x(1, 2), b: x(2) },
  multi = core.multiHeadAttention({ heads: 1 }),
  dots = core.attention({ score: "dot" });
const additive = { wq: x(2, 2), wk: x(2, 2), b: x(2), v: x(2) },
  concatenated = { wa: x(4), b: x(1) };
const seen = "causal keyLengths mask bias softCap dropout residual",
  run = "state extras lengths mask timeMajor";

/** Who says it, the names that there are, and a call with options or a record like them. */
const takers: Readonly<Record<string, readonly [who: string, names: string, call: (given: never) => unknown]>> = {
  sum: ["sum", "keepDims", (o) => core.sum(x(2), 0, o)],
  mean: ["sum", "keepDims", (o) => core.mean(x(2), 0, o)],
  max: ["max", "keepDims", (o) => core.max(x(2), 0, o)],
  min: ["min", "keepDims", (o) => core.min(x(2), 0, o)],
  cumulativeSum: ["cumulativeSum", "exclusive reverse", (o) => core.cumulativeSum(x(2), 0, o)],
  topK: ["topK", "axis largest", (o) => core.topK(x(2), 1, o)],
  sort: ["sort", "descending", (o) => core.sort(x(2), 0, o)],
  argsort: ["argsort", "descending", (o) => core.argsort(x(2), 0, o)],
  scan: ["scan", "state inputs step steps reverse name", (o) => core.scan(o)],
  array: ["array", "shape dtype name axes", (o) => core.array(backend, [1], o)],
  hostArray: ["array", "shape dtype name axes", (o) => core.hostArray([1], o)],
  zeros: ["zeros", "dtype name axes", (o) => core.zeros(backend, [1], o)],
  NDArray: ["array", "name axes", (o) => new core.NDArray(backend, "f32", [1], o)],
  compile: ["compile", "name cacheSize", (o) => core.compile(backend, (t: core.Tensor) => t, o)],
  cell: ["cell", "name weights state extras outputSize step", (o) => core.cell(o)],
  lstm: ["lstm", "peepholes coupled projection layerNorm cellClip forgetBias activation recurrentActivation useBias", (o) => lstm(o)],
  gru: ["gru", "reset update layerNorm activation recurrentActivation useBias", (o) => gru(o)],
  rnn: ["rnn", "activation useBias", (o) => rnn(o)],
  mgu: ["mgu", "useBias", (o) => mgu(o)],
  zoneout: ["zoneout", "rates", (o) => core.zoneout(mgu(), o)],
  variationalDropout: ["variationalDropout", "states", (o) => core.variationalDropout(mgu(), o)],
  initialise: ["initialise", "seed dtype", (o) => core.initialise({}, o)],
  "initialise's init": [
    "initialise",
    "constant uniform columns",
    (o) => core.initialise({ w: { axes: { units: 1 }, init: o } }, { seed: 1 }),
  ],
  recurrence: ["recurrence", "reverse initialState", (o) => recurrence(mgu(), o)],
  "recurrence's weights": ["mgu", "input units", (o) => layer.weights(o)],
  "recurrence's run": ["mgu.run", run, (o) => layer.run(own, x(1, 1, 1), o)],
  "recurrence's state": ["mgu.run", "h", (o) => layer.run(own, x(1, 1, 1), { state: { h: x(1, 1), ...(o as object) } })],
  bidirectional: ["bidirectional", "merge initialState", (o) => bidirectional(mgu(), undefined, o)],
  "bidirectional's run": ["bidirectional.run", run, (o) => bidirectional(mgu()).run({ forward: own, backward: own }, x(1, 1, 1), o)],
  "bidirectional's state": [
    "bidirectional.run",
    "forward backward",
    (o) => bidirectional(mgu()).run({ forward: own, backward: own }, x(1, 1, 1), { state: o }),
  ],
  "bidirectional's extras": [
    "bidirectional.run",
    "forward backward",
    (o) => bidirectional(mgu()).run({ forward: own, backward: own }, x(1, 1, 1), { extras: o }),
  ],
  "stacked's run": ["stacked.run", run, (o) => stacked([layer]).run([own], x(1, 1, 1), o)],
  layerNormalization: ["layerNormalization", "axes gain shift epsilon", (o) => core.layerNormalization(x(2), o)],
  moments: ["moments", "keepDims", (o) => core.moments(x(2), 0, o)],
  normalize: ["normalize", "axes mean variance gain shift epsilon", (o) => core.normalize(x(2), o)],
  rmsNormalization: ["rmsNormalization", "gain epsilon", (o) => core.rmsNormalization(x(2), o)],
  rotary: ["rotary", "base offset interleaved", (o) => core.rotary(x(2, 2), o)],
  conv1d: ["conv1d", "stride dilation padding groups", (o) => core.conv1d(x(1, 2, 1), x(1, 1, 1), o)],
  conv1dTranspose: ["conv1dTranspose", "stride dilation padding", (o) => core.conv1dTranspose(x(1, 2, 1), x(1, 1, 1), o)],
  maxPool1d: ["maxPool1d", "size stride padding mask", (o) => core.maxPool1d(x(1, 2, 1), o)],
  minPool1d: ["minPool1d", "size stride padding mask", (o) => core.minPool1d(x(1, 2, 1), o)],
  averagePool1d: ["averagePool1d", "size stride padding mask", (o) => core.averagePool1d(x(1, 2, 1), o)],
  attend: ["attend", seen, (o) => core.attend(x(2, 2), x(2, 2), o)],
  dotAttention: ["dotAttention", seen, (o) => core.dotAttention(x(2, 2), x(2, 2), x(2, 2), o)],
  scaledDotAttention: ["scaledDotAttention", `${seen} scale`, (o) => core.scaledDotAttention(x(2, 2), x(2, 2), x(2, 2), o)],
  additiveAttention: ["additiveAttention", seen, (o) => core.additiveAttention(additive, x(2, 2), x(2, 2), x(2, 2), o)],
  concatAttention: ["concatAttention", seen, (o) => core.concatAttention(concatenated, x(2, 2), x(2, 2), x(2, 2), o)],
  attention: ["attention", "score units useScale useProjections", (o) => core.attention(o)],
  "attention's weights": ["attention", "query key value", (o) => dots.weights(o)],
  "attention's run": ["dotAttention", `${seen} query key value`, (o) => dots.run({}, o)],
  multiHeadAttention: [
    "multiHeadAttention",
    "heads keyValueHeads size valueSize useBias outputSize rotary score units useProjections",
    (o) => core.multiHeadAttention(o),
  ],
  "multiHeadAttention's rotary": ["multiHeadAttention", "base interleaved", (o) => core.multiHeadAttention({ heads: 1, rotary: o })],
  "multiHeadAttention's weights": ["multiHeadAttention", "query key value", (o) => multi.weights(o)],
  "multiHeadAttention's run": ["multiHeadAttention", `${seen} query key value`, (o) => multi.run({} as never, o)],
};

/** Exports that take no record of options. */
const others =
  "check SluiceError Tensor add div equal greater greaterEqual less lessEqual maximum minimum mul neg notEqual sub where constant iota literal " +
  "abs cast ceil clip cos erf exp expm1 floor log log1p relu round sigmoid sin softplus sqrt square stopGradient tanh gather oneHot at broadcastTo concat expand flip named pad " +
  "reshape slice split squeeze stack transpose dot matmul pow argmax argmin logSoftmax softmax mapTensors tensorsOf scope assign trace leavesOf mapTree " +
  "gradient valueAndGradient allOrNothing toBackend toHost disposeAll lowerGraph pipeline explain activations stacked isWeight lengths sinusoidalPositions random perturb gate watchRecurrences";

/** What is spread into a record, and what takes names or switches as well. */
const alsoTake: readonly string[] = ["recurrence's state", "initialise's init", "multiHeadAttention's rotary"];

test("each export is known to take options or not", () => {
  const known = [...Object.keys(takers), ...others.split(" ")];
  expect(Object.keys(core).filter((name) => !known.includes(name))).toEqual([]);
});

for (const [taker, [who, names, call]] of Object.entries(takers)) {
  test(`${taker} refuses an option that there is not, and says which was meant`, () => {
    const known = names === "" ? [] : names.split(" ");
    for (const name of known)
      expect(() => call({ [`${name}z`]: undefined } as never)).toThrow(
        expect.objectContaining({
          code: "INVALID_ARGUMENT",
          who,
          message: expect.stringMatching(new RegExp(`there is no \\w+ "${name}z"`)),
          fix: `Did you mean ${name}?`,
        }),
      );
    expect(() => call({ nonsense: 1 } as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", who }));
  });
}

for (const [taker, [, , call]] of Object.entries(takers).filter(([name]) => !alsoTake.includes(name)))
  test(`${taker} refuses what is no record`, () => {
    for (const value of [null, "on", 1, true, [], Promise.resolve({}), () => ({})])
      expect(() => call(value as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

const choices: readonly [what: string, near: string, meant: string, call: (value: never) => unknown][] = [
  ["lstm's activation", "Tanh", "tanh", (v) => lstm({ activation: v })],
  ["lstm's recurrentActivation", "hard_sigmoid", "hardSigmoid", (v) => lstm({ recurrentActivation: v })],
  ["gru's activation", "soft_sign", "softsign", (v) => gru({ activation: v })],
  ["gru's recurrentActivation", "sigmoids", "sigmoid", (v) => gru({ recurrentActivation: v })],
  ["gru's reset", "befor", "before", (v) => gru({ reset: v })],
  ["gru's update", "keep", "keeps", (v) => gru({ update: v })],
  ["conv1d's padding", "SAME", "same", (v) => core.conv1d(x(1, 2, 1), x(1, 1, 1), { padding: v })],
  ["conv1dTranspose's padding", "Same", "same", (v) => core.conv1dTranspose(x(1, 2, 1), x(1, 1, 1), { padding: v })],
  ["maxPool1d's padding", "Valid", "valid", (v) => core.maxPool1d(x(1, 2, 1), { size: 1, padding: v })],
  ["minPool1d's padding", "Valid", "valid", (v) => core.minPool1d(x(1, 2, 1), { size: 1, padding: v })],
  ["averagePool1d's padding", "Valid", "valid", (v) => core.averagePool1d(x(1, 2, 1), { size: 1, padding: v })],
  ["rnn's activation", "ReLU", "relu", (v) => rnn({ activation: v })],
  ["recurrence's initialState", "learned", "learnt", (v) => recurrence(mgu(), { initialState: v })],
  ["bidirectional's merge", "Concat", "concat", (v) => bidirectional(mgu(), undefined, { merge: v })],
  ["bidirectional's initialState", "zero", "zeros", (v) => bidirectional(mgu(), undefined, { initialState: v })],
  ["initialise's dtype", "F32", "f32", (v) => core.initialise({}, { seed: 1, dtype: v })],
  ["initialise's init", "glorot_uniform", "glorotUniform", (v) => core.initialise({ w: { axes: { units: 1 }, init: v } }, { seed: 1 })],
  ["attention's score", "scaled_dot", "scaledDot", (v) => core.attention({ score: v })],
  ["multiHeadAttention's score", "scaled_dot", "scaledDot", (v) => core.multiHeadAttention({ heads: 1, score: v })],
  ["array's dtype", "I32", "i32", (v) => core.array(backend, [1], { dtype: v })],
  ["hostArray's dtype", "F64", "f64", (v) => core.hostArray([1], { dtype: v })],
  ["zeros' dtype", "F64", "f64", (v) => core.zeros(backend, [1], { dtype: v })],
  ["constant's dtype", "F64", "f64", (v) => core.constant(0, [], v)],
  ["iota's dtype", "F64", "f64", (v) => core.iota(2, v)],
  ["literal's dtype", "F64", "f64", (v) => core.literal([1], undefined, v)],
  ["cast's dtype", "F64", "f64", (v) => core.cast(x(1), v)],
  ["sinusoidalPositions' dtype", "F64", "f64", (v) => core.sinusoidalPositions(1, 2, v)],
];

for (const [what, near, meant, call] of choices)
  test(`${what} refuses what it does not know, and says which was meant`, () => {
    expect(() => call(near as never)).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining("must be one of"),
        fix: `Did you mean "${meant}"?`,
      }),
    );
    for (const value of ["", "toString", "nonsense", null, 1, true, {}, ["zeros"]])
      expect(() => call(value as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

const switches: readonly [what: string, call: (value: never) => unknown][] = [
  ["lstm's peepholes", (v) => lstm({ peepholes: v })],
  ["lstm's coupled", (v) => lstm({ coupled: v })],
  ["lstm's layerNorm", (v) => lstm({ layerNorm: v })],
  ["gru's layerNorm", (v) => gru({ layerNorm: v })],
  ["lstm's useBias", (v) => lstm({ useBias: v })],
  ["gru's useBias", (v) => gru({ useBias: v })],
  ["rnn's useBias", (v) => rnn({ useBias: v })],
  ["mgu's useBias", (v) => mgu({ useBias: v })],
  ["recurrence's reverse", (v) => recurrence(mgu(), { reverse: v })],
  ["a run's timeMajor", (v) => layer.run(own, x(1, 1, 1), { timeMajor: v })],
  ["scan's reverse", (v) => core.scan({ state: x(1), inputs: x(1, 1), step: (s) => ({ state: s, output: s }), reverse: v })],
  ["sum's keepDims", (v) => core.sum(x(1), 0, { keepDims: v })],
  ["min's keepDims", (v) => core.min(x(1), 0, { keepDims: v })],
  ["cumulativeSum's reverse", (v) => core.cumulativeSum(x(1), 0, { reverse: v })],
  ["topK's largest", (v) => core.topK(x(1), 1, { largest: v })],
  ["sort's descending", (v) => core.sort(x(1), 0, { descending: v })],
  ["attend's causal", (v) => core.attend(x(2, 2), x(2, 2), { causal: v })],
  ["rotary's interleaved", (v) => core.rotary(x(2, 2), { interleaved: v })],
  ["multiHeadAttention's useBias", (v) => core.multiHeadAttention({ heads: 1, useBias: v })],
  ["multiHeadAttention's useProjections", (v) => core.multiHeadAttention({ heads: 1, useProjections: v })],
  ["multiHeadAttention's rotary", (v) => core.multiHeadAttention({ heads: 1, rotary: v })],
];

for (const [what, call] of switches)
  test(`${what} is true or false`, () => {
    for (const value of ["no", "false", 0, 1, null])
      expect(() => call(value as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
