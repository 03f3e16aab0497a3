// A Program written by hand: what backends are handed, for documentation, first tries and measurements.
import type { DType, Instruction, Program, Shape, View } from "../backend.ts";
import { sizeOf } from "../shape.ts";
import { dense } from "./views.ts";

/**
 * An LSTM over `steps` time steps (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000), gate columns i f g o, no bias.
 *
 * Bindings: x [steps, batch, input], wx [input, 4·units], wh [units, 4·units], and the states h and c [steps + 1, batch, units], whose
 * slice 0 is the initial state. Time is `advance`: iteration t reads slice t of h and c and writes slice t + 1.
 */
export function lstmForward({
  steps: T,
  batch: B,
  input: I,
  units: H,
  dtype = "f32",
}: {
  steps: number;
  batch: number;
  input: number;
  units: number;
  dtype?: DType;
}): Program {
  const [x, wx, wh, h, c, z] = [0, 1, 2, 3, 4, 5];
  const slot = (name: string, shape: Shape, binding?: number): Program["slots"][number] => ({
    name,
    dtype,
    length: sizeOf(shape),
    ...(binding === undefined ? {} : { binding }),
  });
  const gate = (k: number): View => ({ slot: z, offset: k * H, shape: [B, H], strides: [4 * H, 1], advance: [B * 4 * H] });
  const state = (slot: number, slice: number): View => dense(slot, [B, H], { offset: slice * B * H, advance: [B * H] });
  const body: Instruction[] = [
    { op: "load", input: 0 },
    { op: "load", input: 1 },
    { op: "load", input: 2 },
    { op: "load", input: 3 },
    { op: "load", input: 4 },
    { op: "sigmoid", x: 0 },
    { op: "sigmoid", x: 1 },
    { op: "tanh", x: 2 },
    { op: "sigmoid", x: 3 },
    { op: "mul", x: 6, y: 4 }, // f ∘ c
    { op: "mul", x: 5, y: 7 }, // i ∘ g
    { op: "add", x: 9, y: 10 },
    { op: "tanh", x: 11 },
    { op: "mul", x: 8, y: 12 },
  ];
  return {
    name: "lstm.forward",
    slots: [
      slot("x", [T, B, I], 0),
      slot("wx", [I, 4 * H], 1),
      slot("wh", [H, 4 * H], 2),
      slot("h", [T + 1, B, H], 3),
      slot("c", [T + 1, B, H], 4),
      slot("z", [T, B, 4 * H]),
    ],
    steps: [
      { kind: "matmul", a: dense(x, [T * B, I]), b: dense(wx, [I, 4 * H]), out: dense(z, [T * B, 4 * H]), accumulate: false },
      {
        kind: "scan",
        length: T,
        body: [
          {
            kind: "matmul",
            a: state(h, 0),
            b: dense(wh, [H, 4 * H], { advance: [0] }),
            out: dense(z, [B, 4 * H], { advance: [B * 4 * H] }),
            accumulate: true,
          },
          {
            kind: "map",
            shape: [B, H],
            body,
            inputs: [gate(0), gate(1), gate(2), gate(3), state(c, 0)],
            outputs: [
              { view: state(c, 1), value: 11 },
              { view: state(h, 1), value: 13 },
            ],
          },
        ],
      },
    ],
  };
}
