// LSTM, GRU and RNN with all of their attributes. Weights are laid out for the cells once; what is traced has them under the file's own names.
import { add, at, concat, constant, recurrence, type Shape, slice, type Tensor, transpose, type Recurrence, stack } from "@sluice/core";
import { corrupt } from "../../read/failures.ts";
import { tensorOf, traced, type Value } from "../../values/value.ts";
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
    run: (d, reverse) => anyRecurrence(lstmCell({ functions: functions[d]!, coupled, peepholes: peepholes !== undefined }), reverse),
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
    run: (d, reverse) => anyRecurrence(gruCell({ functions: functions[d]!, resetAfter }), reverse),
  });
}

function rnn(call: Call): readonly Value[] {
  const directions = directionsOf(call),
    functions = gateFunctions(call, ["Tanh"], directions.length);
  return run(call, directions, {
    gates: 1,
    states: ["h"],
    weights: (_, bias) => ({ b: add(bias(0), bias(1)) }),
    run: (d, reverse) => anyRecurrence(rnnCell({ functions: functions[d]! }), reverse),
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
    [x, w, r] = [tensor(call, 0), input(call, 1), input(call, 2)],
    units = call.attributes.int("hidden_size", tensorOf(r).shape[2] ?? 0);
  call.attributes.int("output_sequence", 0); // of versions before 7
  checkShapes(call, directions.length, kind.gates, units);
  const lengths = call.inputs[4] && tensorOf(call.inputs[4], "i32"),
    start = [5, 6].map((i) => call.inputs[i]);
  const ran = directions.map((reverse, d) => {
    const weights = laid(call, kind, d, units),
      state = startOf(start, { kind, d, batchFirst, batch: x.shape[batchFirst ? 0 : 1]!, units, dtype: x.dtype });
    return kind
      .run(d, reverse)
      .run(weights as never, x, { state: state as never, ...(lengths !== undefined && { lengths }), timeMajor: !batchFirst });
  });
  const outputs = stack(ran.map((each) => each.outputs), 2), // prettier-ignore
    last = kind.states.map((name) => stack(ran.map(({ state }) => (state as State)[name]!), batchFirst ? 1 : 0)); // prettier-ignore
  return [batchFirst ? outputs : transpose(outputs, [0, 2, 1, 3]), ...last].map((t) => traced(type, t));

  // Names for the inputs of `laid`, which is made once for all runs.
  function laid(of: Call, { gates, weights }: Kind, d: number, n: number): Weights {
    const b = of.inputs[3],
      parts = [w, r, b, of.inputs[7]];
    const once = (make: () => Tensor): Tensor => of.run.once(parts, make);
    const bias: Bias = (half, from = 0, to = gates) => {
      if (b === undefined) return constant(0, [(to - from) * n], x.dtype);
      return slice(at(tensorOf(b), 0, d), 0, (half * gates + from) * n, (half * gates + to) * n);
    };
    const beside = Object.keys(weights(d, bias)).map((name) => [name, once(() => weights(d, bias)[name]!)] as const);
    return {
      wx: once(() => transpose(at(tensorOf(w), 0, d))),
      wh: once(() => transpose(at(tensorOf(r), 0, d))),
      ...Object.fromEntries(beside),
    };
  }
}

interface Start {
  readonly kind: Kind;
  readonly d: number;
  readonly batchFirst: boolean;
  readonly batch: number;
  readonly units: number;
  readonly dtype: Tensor["dtype"];
}

/** initial_h and initial_c [directions, batch, units]; zeros where one is left out. */
function startOf(given: readonly (Value | undefined)[], { kind, d, batchFirst, batch, units, dtype }: Start): State {
  const each = kind.states.map((name, i) => {
    const start = given[i];
    return [name, start === undefined ? constant(0, [batch, units], dtype) : at(tensorOf(start), batchFirst ? 1 : 0, d)] as const;
  });
  return Object.fromEntries(each);
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
