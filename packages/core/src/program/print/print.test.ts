import { expect, test } from "vitest";
import type { Instruction, Program } from "../../backend.ts";
import { lstmForward } from "../example.ts";
import { dense } from "../views.ts";
import { print } from "./print.ts";

test("an LSTM prints as its equations", () => {
  expect(print(lstmForward({ steps: 50, batch: 32, input: 32, units: 128 }))).toBe(`\
lstm.forward: 6 slots, 4 steps, 3.1 MiB scratch
  x   f32[51200]   binding 0
  wx  f32[16384]   binding 1
  wh  f32[65536]   binding 2
  h   f32[208896]  binding 3
  c   f32[208896]  binding 4
  z   f32[819200]  scratch

0  z[1600×512] = x[1600×32] · wx[32×512]
1  scan t < 50
   0  z[32×512 +t·16384] += h[32×128 +t·4096] · wh[128×512]
   1  map 32×128
        z₀  = z[32×128 by 512,1 +t·16384]
        z₁  = z[32×128 by 512,1 @128 +t·16384]
        z₂  = z[32×128 by 512,1 @256 +t·16384]
        z₃  = z[32×128 by 512,1 @384 +t·16384]
        c   = c[32×128 +t·4096]
        c′  = sigmoid(z₁)·c + sigmoid(z₀)·tanh(z₂)  → c[32×128 @4096 +t·4096]
        h′  = sigmoid(z₃)·tanh(c′)                  → h[32×128 @4096 +t·4096]`);
});

test("folds, tables, constants, precedence and shared values are told", () => {
  const body: Instruction[] = [
    { op: "load", input: 0 },
    { op: "const", value: -2 },
    { op: "sub", x: 0, y: 1 },
    { op: "sub", x: 0, y: 2 },
    { op: "neg", x: 3 },
    { op: "div", x: 4, y: 3 },
    { op: "less", x: 5, y: 0 },
    { op: "max", x: 5, y: 1 },
    { op: "select", test: 6, x: 7, y: 1 },
  ];
  const program: Program = {
    name: "p",
    slots: [
      { dtype: "f32", length: 10, binding: 0 },
      { name: "i", dtype: "i32", length: 9, data: Int32Array.from({ length: 9 }, (_, i) => i) },
      { name: "out.m", dtype: "f32", length: 100 },
    ],
    steps: [
      {
        kind: "reduce",
        shape: [2, 5],
        folded: 1,
        combine: "max",
        body,
        inputs: [dense(0, [2, 5])],
        output: dense(2, [2]),
        accumulate: true,
      },
      { kind: "gather", table: dense(0, [2, 5]), index: dense(1, [9]), out: dense(2, [9, 5]) },
      { kind: "scatter", source: dense(2, [9, 5], { offset: 45 }), index: dense(1, [9]), out: dense(0, [2, 5]) },
    ],
  };
  expect(print(program)).toBe(`\
p: 3 slots, 3 steps, 400 B scratch
  s0     f32[10]   binding 0
  i      i32[9]    data 0 1 2 3 …
  out.m  f32[100]  scratch

0  reduce 2×5 over the last 1
     s0  = s0[2×5]
     v0  = s0 − (s0 − −2)
     v1  = −v0 / v0
     m′  = v1 < s0 ? max(v1, −2) : −2  → max into → out.m[2]
1  out.m[9×5] = s0[2×5] at i[9]
2  s0[2×5] at i[9] += out.m[9×5 @45]`);
});
