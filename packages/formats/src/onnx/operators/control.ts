// Operators with graphs inside: conditions that are known, and loops over known lengths, as loops of core where every turn is alike.
import { cast, flip, iota, scan, type Tensor, transpose } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import type { Graph } from "../read/model.ts";
import { nth } from "../read/there.ts";
import { joined, reshaped } from "../values/moves.ts";
import { axisIn, knownInts, shapeOf, tensorOf, traced, type Value } from "../values/value.ts";
import { countable, input, knownNumber } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const control: Operators = {
  If: { since: 1, evaluate: branch },
  Loop: { since: 1, evaluate: loop },
  Scan: { since: 9, evaluate: scanned },
};

function branch(call: Call): readonly Value[] {
  const [then, otherwise] = [call.attributes.graph("then_branch"), call.attributes.graph("else_branch")],
    condition = call.run.known(input(call, 0), "its condition");
  if (condition.data.length !== 1) throw corrupt(`the condition of "${call.node.name}" is no single value`);
  return call.run.subgraph(condition.data[0] === 0 ? otherwise : then, []);
}

/** Turns that are traced one after another. */
const mostTurns = 1024;

function loop(call: Call): readonly Value[] {
  const body = call.attributes.graph("body"),
    count = knownNumber(call, 0, "its number of turns"),
    condition = knownNumber(call, 1, "its condition") ?? 1,
    start = call.inputs.slice(2).map((_, i) => input(call, i + 2)),
    turns = condition === 0 ? 0 : count;
  if (body.inputs.length !== start.length + 2 || body.outputs.length < start.length + 1)
    throw corrupt(`the body of "${call.node.name}" takes other values than it is given`);
  if (turns !== undefined && turns > 1) return call.run.firstOf(() => alike(call, body, turns, start), () => unrolled(call, body, turns, start)); // prettier-ignore
  return unrolled(call, body, turns, start);
}

/** Every turn traced as one. Throws what is not supported where a turn may end the loop, or differs from the others. */
function alike(call: Call, body: Graph, turns: number, start: readonly Value[]): readonly Value[] {
  const types: Value["type"][] = [];
  const { state, outputs } = scan({
    name: "Loop",
    state: start.map((value) => tensorOf(value)),
    inputs: [iota(countable(turns))],
    step: (before, at) => {
      const going: Value = { kind: "known", type: "bool", shape: [], data: Float64Array.of(1) };
      const given = before.map((t, i) => traced(nth(start, i).type, t)),
        [goes, ...rest] = call.run.subgraph(body, [traced("int64", nth(at, 0)), going, ...given]);
      if (goes?.kind !== "known" || goes.data[0] === 0)
        throw new NotSupported("ends by a condition that is computed", "give the number of turns");
      types.splice(0, types.length, ...rest.slice(start.length).map(({ type }) => type));
      return stepped(rest, start);
    },
  });
  return [...state.map((t, i) => traced(nth(start, i).type, t)), ...outputs.map((t, i) => traced(nth(types, i), t))];
}

/** The states as they came, by dtype and shape, and what is gathered. */
function stepped(values: readonly Value[], start: readonly Value[]): { readonly state: Tensor[]; readonly output: Tensor[] } {
  const state = start.map((value, i) => {
    const next = nth(values, i),
      tensor = cast(tensorOf(next), tensorOf(value).dtype);
    if (String(tensor.shape) !== String(shapeOf(value)))
      throw new NotSupported("its state changes shape from turn to turn", "keep shapes the same");
    return tensor;
  });
  return { state, output: values.slice(start.length).map((value) => tensorOf(value)) };
}

/** With the number of each turn known, and every condition. */
function unrolled(call: Call, body: Graph, turns: number | undefined, start: readonly Value[]): readonly Value[] {
  const rows: Value[][] = body.outputs.slice(start.length + 1).map(() => []);
  let state = start,
    goes = true;
  for (let turn = 0; goes && turn !== turns; turn++) {
    if (turn >= mostTurns) throw new NotSupported(`takes more than ${mostTurns} turns that differ`, "make every turn alike, or take fewer");
    const going: Value = { kind: "known", type: "bool", shape: [], data: Float64Array.of(1) };
    const values = call.run.subgraph(body, [knownInts([turn], []), going, ...state]);
    const rest = values.slice(1);
    goes = call.run.known(nth(values, 0), "its condition").data[0] !== 0;
    state = rest.slice(0, start.length);
    rest.slice(start.length).forEach((value, i) => nth(rows, i).push(reshaped(value, [1, ...shapeOf(value)])));
  }
  if (rows.some((each) => each.length === 0)) throw new NotSupported("takes no turn and gathers values", "leave the loop out");
  return [...state, ...rows.map((each) => joined(each, 0))];
}

/** Version 9 on: no axis of batches. */
function scanned(call: Call): readonly Value[] {
  const { attributes } = call,
    body = attributes.graph("body"),
    count = attributes.int("num_scan_inputs", 0),
    all = call.inputs.map((_, i) => input(call, i)),
    start = all.slice(0, all.length - count),
    read = all.slice(all.length - count);
  if (count < 1 || count > all.length || body.inputs.length !== all.length || body.outputs.length < start.length)
    throw corrupt(`the body of "${call.node.name}" takes other values than it is given`);
  const gathered = body.outputs.length - start.length,
    inAxes = attributes.ints("scan_input_axes") ?? read.map(() => 0),
    inReverse = attributes.ints("scan_input_directions") ?? read.map(() => 0),
    outAxes = attributes.ints("scan_output_axes") ?? Array.from({ length: gathered }, () => 0),
    outReverse = attributes.ints("scan_output_directions") ?? Array.from({ length: gathered }, () => 0);
  const types: Value["type"][] = [];
  const inputs = read.map((value, i) => {
    const x = toFront(tensorOf(value), axisIn(inAxes[i] ?? 0, shapeOf(value).length));
    return inReverse[i] === 1 ? flip(x, 0) : x;
  });
  const { state, outputs } = scan({
    name: "Scan",
    state: start.map((value) => tensorOf(value)),
    inputs,
    step: (before, rows) => {
      const values = call.run.subgraph(body, [
        ...before.map((t, i) => traced(nth(start, i).type, t)),
        ...rows.map((t, i) => traced(nth(read, i).type, t)),
      ]);
      types.splice(0, types.length, ...values.slice(start.length).map(({ type }) => type));
      return stepped(values, start);
    },
  });
  const laid = outputs.map((t, i) => {
    const y = outReverse[i] === 1 ? flip(t, 0) : t;
    return fromFront(y, axisIn(outAxes[i] ?? 0, y.rank));
  });
  return [...state.map((t, i) => traced(nth(start, i).type, t)), ...laid.map((t, i) => traced(nth(types, i), t))];
}

function toFront(x: Tensor, axis: number): Tensor {
  return axis === 0 ? x : transpose(x, [axis, ...x.shape.keys()].toSpliced(axis + 1, 1));
}

function fromFront(x: Tensor, axis: number): Tensor {
  const rest = [...x.shape.keys()].slice(1);
  return axis === 0 ? x : transpose(x, rest.toSpliced(axis, 0, 0));
}
