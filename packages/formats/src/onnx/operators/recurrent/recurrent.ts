// LSTM, GRU and RNN with all of their attributes. Weights are laid out for the cells once; what is traced has them under the file's own names.
import {
  add,
  at,
  concat,
  constant,
  type DType,
  recurrence,
  type Shape,
  slice,
  type Tensor,
  transpose,
  type Recurrence,
  stack,
} from "@sluice/core";
import { corrupt, NotSupported } from "../../read/failures.ts";
import { entry, nth } from "../../read/there.ts";
import { shapeOf, tensorOf, traced, type Value } from "../../values/value.ts";
import { input, tensor } from "../arguments.ts";
import type { Call, Operators } from "../operator.ts";
import { gruCell, lstmCell, rnnCell } from "./cells.ts";
import { gateFunctions } from "./gateFunctions.ts";

export const recurrent: Operators = {
  LSTM: { since: 7, evaluate: lstm },
  GRU: { since: 7, evaluate: gru },
  RNN: { since: 7, evaluate: rnn },
};

type Weights = Readonly<Record<string, Tensor>>;
type State = Readonly<Record<string, Tensor>>;

/** What the three kinds differ in, for one direction. */
interface Kind {
  readonly gates: number;
  readonly states: readonly ("h" | "c")[];
  /** Those beside wx and wh, of direction d. */
  weights(d: number, bias: Bias): Weights;
  run(d: number, reverse: boolean): Recurrence<never, never>;
}

/** A half of B, [gates · units]; zeros where there is none. */
type Bias = (half: 0 | 1, from?: number, to?: number) => Tensor;

function lstm(call: Call): readonly Value[] {
  const directions = directionsOf(call),
    functions = gateFunctions(call, ["Sigmoid", "Tanh", "Tanh"], directions.length),
    coupled = call.attributes.flag("input_forget", false),
    peepholes = call.inputs[7];
  return run(call, directions, {
    gates: 4,
    states: ["h", "c"],
    weights: (d, bias) => ({
      b: add(bias(0), bias(1)),
      ...(peepholes !== undefined && { wp: at(tensorOf(peepholes), 0, d) }),
    }),
    run: (d, reverse) => anyRecurrence(lstmCell({ functions: nth(functions, d), coupled, peepholes: peepholes !== undefined }), reverse),
  });
}

function gru(call: Call): readonly Value[] {
  const directions = directionsOf(call),
    functions = gateFunctions(call, ["Sigmoid", "Tanh"], directions.length),
    written = call.attributes.flag("linear_before_reset", false),
    resetAfter = call.run.resetAfter ?? written;
  return run(call, directions, {
    gates: 3,
    states: ["h"],
    weights: (_, bias) => {
      const gates = add(bias(0, 0, 2), bias(1, 0, 2));
      const [own, seen] = [bias(0, 2, 3), bias(1, 2, 3)];
      return { b: concat([gates, resetAfter ? own : add(own, seen)]), bh: seen };
    },
    run: (d, reverse) => anyRecurrence(gruCell({ functions: nth(functions, d), resetAfter }), reverse),
  });
}

function rnn(call: Call): readonly Value[] {
  const directions = directionsOf(call),
    functions = gateFunctions(call, ["Tanh"], directions.length);
  return run(call, directions, {
    gates: 1,
    states: ["h"],
    weights: (_, bias) => ({ b: add(bias(0), bias(1)) }),
    run: (d, reverse) => anyRecurrence(rnnCell({ functions: nth(functions, d) }), reverse),
  });
}

/** Of whatever weights: those that its cell declares are what `laid` lays out. */
function anyRecurrence(cell: Parameters<typeof recurrence>[0], reverse: boolean): Recurrence<never, never> {
  return recurrence(cell, { reverse }) as unknown as Recurrence<never, never>;
}

/** Whether each runs in reverse. */
function directionsOf({ attributes }: Call): readonly boolean[] {
  const direction = attributes.choice("direction", "forward", ["forward", "reverse", "bidirectional"]);
  return direction === "bidirectional" ? [false, true] : [direction === "reverse"];
}

/** x [steps, batch, input], or batch first in layout 1 → Y, Y_h and, of an LSTM, Y_c. */
function run(call: Call, directions: readonly boolean[], kind: Kind): readonly Value[] {
  const { type } = input(call, 0),
    batchFirst = call.attributes.flag("layout", false),
    x = tensor(call, 0),
    units = call.attributes.int("hidden_size", shapeOf(input(call, 2))[2] ?? 0),
    { memory } = call.run;
  call.attributes.int("output_sequence", 0); // of versions before 7
  checkShapes(call, directions.length, kind.gates, units);
  if (memory !== undefined) checkForward(call, directions);
  const lengths = call.inputs[4] && tensorOf(call.inputs[4], "i32");
  const ran = directions.map((reverse, d) => {
    const state = startOf(call, { kind, d, batchFirst, batch: nth(x.shape, batchFirst ? 0 : 1), units, dtype: x.dtype }),
      weights = laid(call, { kind, d, units, dtype: x.dtype });
    return kind
      .run(d, reverse)
      .run(weights as never, x, { state: state as never, ...(lengths !== undefined && { lengths }), timeMajor: !batchFirst }); // as the kind has them
  });
  const after = ran.map(({ state }) => state as State), // likewise
    outputs = stack(ran.map((each) => each.outputs), 2), // prettier-ignore
    last = kind.states.map((name) => stack(after.map((state) => entry(state, name)), batchFirst ? 1 : 0)); // prettier-ignore
  for (const state of after) kind.states.forEach((name, i) => isKept(call, i) && memory?.end(entry(state, name)));
  return [batchFirst ? outputs : transpose(outputs, [0, 2, 1, 3]), ...last].map((t) => traced(type, t));
}

interface Laid {
  readonly kind: Kind;
  readonly d: number;
  readonly units: number;
  readonly dtype: DType;
}

/** The weights of direction d as its cell has them: made once for all runs. */
function laid(call: Call, { kind, d, units, dtype }: Laid): Weights {
  const [w, r, b] = [input(call, 1), input(call, 2), call.inputs[3]];
  const bias: Bias = (half, from = 0, to = kind.gates) => {
    if (b === undefined) return constant(0, [(to - from) * units], dtype);
    return slice(at(tensorOf(b), 0, d), 0, (half * kind.gates + from) * units, (half * kind.gates + to) * units);
  };
  const once = (make: () => Tensor): Tensor => call.run.once([w, r, b, call.inputs[7]], make);
  const beside = Object.keys(kind.weights(d, bias)).map((name) => [name, once(() => entry(kind.weights(d, bias), name))] as const); // one for each
  return {
    wx: once(() => transpose(at(tensorOf(w), 0, d))),
    wh: once(() => transpose(at(tensorOf(r), 0, d))),
    ...Object.fromEntries(beside),
  };
}

interface Start extends Laid {
  readonly batchFirst: boolean;
  readonly batch: number;
}

/** initial_h and initial_c [directions, batch, units]; zeros where one is left out, or what is kept from step to step. */
function startOf(call: Call, { kind, d, batchFirst, batch, units, dtype }: Start): State {
  const each = kind.states.map((name, i) => {
    const start = call.inputs[5 + i];
    if (call.run.memory !== undefined && isKept(call, i)) return [name, call.run.memory.start([batch, units], dtype)] as const;
    return [name, start === undefined ? constant(0, [batch, units], dtype) : at(tensorOf(start), batchFirst ? 1 : 0, d)] as const;
  });
  return Object.fromEntries(each);
}

/** Throws what is not supported from step to step. */
function checkForward({ inputs }: Call, directions: readonly boolean[]): void {
  if (directions.some((reverse) => reverse)) throw new NotSupported("reads the steps from their end", "run it over whole sequences");
  if (inputs[4] !== undefined) throw new NotSupported("is told lengths of sequences", "run it over whole sequences");
}

/** Whether the net keeps state i from step to step: one that starts at zeros. Another comes from where the file says. */
function isKept({ inputs }: Call, i: number): boolean {
  const start = inputs[5 + i];
  return start === undefined || (start.kind === "known" && start.data.every((n) => n === 0));
}

function checkShapes(call: Call, directions: number, gates: number, units: number): void {
  const x = tensor(call, 0),
    features = x.shape[2];
  const wanted: readonly (readonly [index: number, what: string, shape: Shape])[] = [
    [1, "W", [directions, gates * units, features ?? 0]],
    [2, "R", [directions, gates * units, units]],
    [3, "B", [directions, 2 * gates * units]],
    [7, "P", [directions, 3 * units]],
  ];
  if (x.rank !== 3 || units < 1)
    throw corrupt(`the node "${call.node.name}" reads [${x.shape.join(", ")}], where [steps, batch, input] is needed`);
  for (const [index, what, shape] of wanted) {
    const value = call.inputs[index];
    if (value === undefined || String(tensorOf(value).shape) === String(shape)) continue;
    throw corrupt(`${what} of the node "${call.node.name}" is [${tensorOf(value).shape.join(", ")}], not [${shape.join(", ")}]`);
  }
}
