// Loops as Scan: states are carried, rows are read, and what the body computes for each iteration is stacked.
import type { Loop, Node, Stack, States } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { concat, filled, reshape } from "../emission/operators.ts";
import { type Body, type Elem, int, type Numbers, type Value } from "../emission/values.ts";
import type { LoopResults, Lowering } from "./lowering.ts";
import { readsEach } from "./states.ts";
import { nth } from "../../read/there.ts";

export function emitLoop(lowering: Lowering, loop: Loop): LoopResults {
  const e = lowering.emitterOf(lowering.regions.parentOf(loop));
  const inits = loop.states.map(({ init }) => lowering.value(init)),
    rows = loop.slices.map(({ of }) => lowering.value(of));
  if (rows.length === 0) rows.push(filled(e, 0, [loop.steps], "f32")); // a Scan takes its number of steps from what it reads
  const own = lowering.order.filter(
    (node): node is Stack | States => (node.kind === "stack" || node.kind === "states") && node.loop === loop,
  );
  const stacks = [...new Set(own.flatMap((node) => (node.kind === "stack" ? [node.of] : [])))],
    each = [...new Set(own.flatMap((node) => (node.kind === "states" && readsEach(lowering, node) ? [node.state] : [])))];
  const inputs = [...loop.states, ...loop.slices].map(({ param }) => valueOf(lowering, param, param.label ?? "state")),
    unread = loop.slices.length === 0 ? [valueOf(lowering, { shape: [], dtype: "f32" }, "step")] : [];
  const body = lowering.open(
    loop,
    new Map([...loop.states, ...loop.slices].map(({ param }, k): [Node, Numbers] => [param, nth(inputs, k)])),
  ); // one for each
  lowering.run(loop);
  const isGiven = new Set<string>();
  const give = (node: Node): Value => given(body, lowering.value(node), isGiven);
  const nexts = loop.states.map(({ next }) => give(next)),
    stacked = [...stacks.map(give), ...each.map((state) => give(nth(loop.states, state).next))]; // which the loop has
  const graph: Body = { name: loop.name, inputs: [...inputs, ...unread], outputs: [...nexts, ...stacked], nodes: body.nodes };
  const wanted = [...nexts, ...stacked.map((value) => ({ ...value, shape: [loop.steps, ...value.shape] }))];
  const results = e.addSeveral(
    "Scan",
    [...inits, ...rows],
    wanted.map(({ shape, elem }) => ({ shape, elem, name: loop.name })),
    {
      num_scan_inputs: int(rows.length),
      ...(loop.reverse && { scan_input_directions: { kind: "ints", value: rows.map(() => 1) } }),
      ...(loop.reverse && stacked.length > 0 && { scan_output_directions: { kind: "ints", value: stacked.map(() => 1) } }),
    },
    graph,
  );
  const at = (index: number): Value => nth(results, index); // one for each of the above
  const after = (state: number): Numbers => at(nexts.length + stacks.length + each.indexOf(state));
  return {
    stacked: (of) => at(nexts.length + stacks.indexOf(of)),
    last: at,
    after,
    all: (state) => {
      const start = reshape(e, nth(inits, state), [1, ...nth(inits, state).shape]); // which the loop has
      return concat(e, loop.reverse ? [after(state), start] : [start, after(state)], 0);
    },
  };
}

/** What a body gives is what a node of its own gives, each once. */
function given(body: Emitter, x: Numbers, isGiven: Set<string>): Value {
  const isOwn = x.kind === "value" && body.nodes.some(({ outputs }) => outputs.some(({ name }) => name === x.name));
  const value = isOwn && !isGiven.has(x.name) ? x : body.add("Identity", [x], { shape: x.shape, elem: x.elem });
  isGiven.add(value.name);
  return value;
}

function valueOf(lowering: Lowering, { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: Elem }, name: string): Value {
  return { kind: "value", name: lowering.names.take(name), shape, elem: dtype };
}
