// LSTM, GRU and simple recurrent layers, one way or both, as the nodes of their names.
//
// ONNX holds W [directions, gates·units, input], R [directions, gates·units, units] and B [directions, 2·gates·units], gates in orders of its own: i o f c,
// and z r h. Sequences are [steps, batch, …] there, and what stands behind a row's length is 0, as it is here.
import type { Tensor } from "@sluice/core";
import type { Emitter } from "../emission/emitter.ts";
import { cast, concat, expand, reduce, reshape, slice, transpose } from "../emission/operators.ts";
import { absent, type Attribute, type Attributes, type Data, int, type Numbers, type Operand, text } from "../emission/values.ts";
import type { Lowering } from "../graph/lowering.ts";
import { gruNode, type CellNode, lstmNode, rnnNode } from "./recurrentCells.ts";
import { made, option, singleOf, tensorsIn, weightsOf } from "./reading.ts";
import type { Rule, Use } from "./rule.ts";
import { entry, nth } from "../../read/there.ts";

const cells: Readonly<Record<string, (config: object) => CellNode | undefined>> = { lstm: lstmNode, gru: gruNode, simpleRNN: rnnNode };

export const recurrent: Rule = (use) => written(use, use.layer.kind, use.config, [""]);

export const bidirectional: Rule = (use) => {
  const inner = option(use.config, "layer") as { readonly kind: string; readonly config: object }; // as `bidirectional` says it
  return written(use, inner.kind, inner.config, ["forward.", "backward."]);
};

interface Running {
  readonly use: Use;
  readonly node: CellNode;
  /** Of each way: "" or "forward.". */
  readonly ways: readonly string[];
  readonly x: Tensor;
  readonly weights: Readonly<Record<string, Data>>;
  readonly units: number;
  readonly returnsAll: boolean;
  readonly backwards: boolean;
  readonly starts: ReadonlyMap<string, Tensor>;
}

function written(use: Use, kind: string, config: object, ways: readonly string[]): ReturnType<Rule> {
  const node = Object.hasOwn(cells, kind) ? cells[kind]?.(config) : undefined,
    x = singleOf(use),
    weights = weightsOf(use);
  const { mask, beside, carried } = use.context;
  const returnsAll = option(config, "returnSequences") === true,
    backwards = option(config, "goBackwards") === true;
  const isKnown = mask === undefined || use.setting.ends.has(mask.node) || use.setting.options.rightPadded === true;
  if (node === undefined || x === undefined || weights === undefined || !isKnown || carried !== undefined) return undefined;
  if (option(config, "zoneout") !== undefined || (mask !== undefined && backwards && returnsAll)) return undefined;
  const starts = new Map(tensorsIn(beside?.["initialState"]));
  // What a row ends with that has no step that counts is for ONNX to say, where it does not begin with zeros.
  const isStarted = starts.size > 0 || Object.keys(weights).some((path) => path.includes("initial."));
  if (mask !== undefined && isStarted) return undefined;
  const units = Number(option(config, "units"));
  const running: Running = { use, node, ways, x, weights, units, returnsAll, backwards, starts };
  return {
    reads: [x, ...(mask === undefined ? [] : [mask]), ...starts.values()],
    emit: (e, value, lowering) => emit(e, lowering, running, value),
  };
}

function emit(e: Emitter, lowering: Lowering, running: Running, value: (tensor: Tensor) => Numbers): Readonly<Record<string, Numbers>> {
  const { use, node, ways, x, units, returnsAll, backwards } = running;
  const [batch = 0, steps = 0] = x.shape,
    count = ways.length,
    { mask } = use.context;
  const direction = count === 2 ? "bidirectional" : backwards ? "reverse" : "forward";
  const lengths =
    mask === undefined ? absent : reduce(e, "ReduceSum", cast(e, expand(e, lowering.test(mask.node), mask.shape), "i32"), [1]);
  const starts = node.states.map((state) => startOf(e, running, state, value, batch));
  const inputs: Operand[] = [transpose(e, value(x), [1, 0, 2]), ...weightsIn(e, running), lengths, ...starts];
  const own = node.peepholes;
  const peepholes =
    own === undefined ? [] : [made(e, "P", [count, 3 * units], ([way = 0, i = 0]) => own(weightAt(running, way, "wc"), units, i))];
  while (peepholes.length > 0 && inputs.length < 7) inputs.push(absent);
  inputs.push(...peepholes);
  while (inputs.at(-1)?.kind === "absent") inputs.pop();
  const state = { shape: [count, batch, units], elem: "f32" } as const;
  const outputs = e.addSeveral(
    node.op,
    inputs,
    [{ shape: [steps, count, batch, units], elem: "f32" }, ...node.states.map(() => state)],
    attributesOf(node, units, direction, count),
  );
  const [all, ...ends] = [nth(outputs, 0), ...outputs.slice(1)],
    merge = mergeOf(use, count);
  const given: Record<string, Numbers> = {};
  for (const [k, name] of node.states.entries())
    for (const [way, path] of ways.entries())
      given[`state.${path}${name}`] = reshape(e, slice(e, nth(ends, k), [{ axis: 0, start: way, n: 1, step: 1 }]), [batch, units]); // one for each
  const side = returnsAll ? transpose(e, all, [2, 0, 1, 3]) : transpose(e, nth(ends, 0), [1, 0, 2]);
  const turned = backwards && returnsAll ? slice(e, side, [{ axis: 1, start: steps - 1, n: steps, step: -1 }]) : side;
  return { ...given, ...merge(e, turned) };
}

/** W, R and B, each of both ways. */
function weightsIn(e: Emitter, running: Running): readonly Operand[] {
  const { node, ways, weights, units, x } = running;
  const gates = node.gates.length,
    inputs = nth(x.shape, 2), // [batch, steps, input]
    count = ways.length;
  const column = (j: number): number => nth(node.gates, Math.floor(j / units)) * units + (j % units); // of ours, for each row of theirs
  const sign = (j: number): number => (node.negated === node.gates[Math.floor(j / units)] ? -1 : 1);
  const matrix = (key: string, way: number): { readonly data: ArrayLike<number>; readonly width: number } => {
    const { data, shape } = weightAt(running, way, key);
    return { data, width: nth(shape, 1) }; // [rows, gates·units]
  };
  const of = (name: string, key: string, rows: number): Data => {
    const each = ways.map((_, way) => matrix(key, way));
    return made(
      e,
      name,
      [count, gates * units, rows],
      ([way = 0, j = 0, i = 0]) => sign(j) * nth(nth(each, way).data, i * nth(each, way).width + column(j)),
    ); // one for each way
  };
  const w = of("W", "wx", inputs),
    r = of("R", "wh", units);
  const hasBias = ways.every((way) => weights[`${way}b`] !== undefined);
  if (!hasBias) return [w, r, absent];
  const bias = (way: number, j: number): number => {
    const b = weightAt(running, way, "b"),
      bh = weights[`${ways[way]}bh`];
    if (j < gates * units) return sign(j) * nth(b.data, column(j));
    const own = j - gates * units - (gates - 1) * units; // the recurrent bias is of the last gate alone
    return bh === undefined || own < 0 ? 0 : nth(bh.data, own);
  };
  return [w, r, made(e, "B", [count, 2 * gates * units], ([way = 0, j = 0]) => bias(way, j))];
}

function weightAt({ weights, ways }: Running, way: number, key: string): Data {
  return entry(weights, `${ways[way]}${key}`); // as the layer's options say
}

/** [directions, batch, units] of what was given, or is learnt. */
function startOf(
  e: Emitter,
  { ways, starts, weights, units }: Running,
  state: string,
  value: (tensor: Tensor) => Numbers,
  batch: number,
): Operand {
  const each = ways.map((way) => {
    const given = starts.get(`${way}${state}`),
      learnt = weights[`${way}initial.${state}`];
    if (given !== undefined) return reshape(e, value(given), [1, batch, units]);
    return learnt === undefined ? undefined : expand(e, reshape(e, learnt, [1, 1, units]), [1, batch, units]);
  });
  return each.every((x) => x !== undefined) ? concat(e, each, 0) : absent;
}

function attributesOf(node: CellNode, units: number, direction: string, count: number): Attributes {
  const each = Array.from({ length: count }, () => node.activations).flat();
  const isDefault = node.activations.every(({ name }, k) => name === node.defaults[k]);
  const numbers = (of: "alpha" | "beta"): readonly number[] => each.flatMap((activation) => activation[of] ?? []); // of those that take one, in order
  const floats = (value: readonly number[]): Attribute => ({ kind: "floats", value });
  const [alpha, beta] = [numbers("alpha"), numbers("beta")];
  const named: Attributes = isDefault
    ? {}
    : {
        activations: { kind: "texts", value: each.map(({ name }) => name) },
        ...(alpha.length > 0 && { activation_alpha: floats(alpha) }),
        ...(beta.length > 0 && { activation_beta: floats(beta) }),
      };
  return { hidden_size: int(units), direction: text(direction), ...named, ...node.attributes };
}

/** How both ways meet: x [batch, …, directions, units], the way last but one. */
function mergeOf({ config }: Use, count: number): (e: Emitter, x: Numbers) => Readonly<Record<string, Numbers>> {
  const mode = count === 1 ? "concat" : (option(config, "mergeMode") ?? "concat");
  return (e, x) => {
    const { shape } = x,
      axis = shape.length - 2,
      rest = shape.slice(0, -2),
      units = shape.at(-1) ?? 0;
    const way = (k: number): Numbers => reshape(e, slice(e, x, [{ axis, start: k, n: 1, step: 1 }]), [...rest, units]);
    switch (mode) {
      case "sum":
        return { "": reduce(e, "ReduceSum", x, [axis]) };
      case "ave":
        return { "": reduce(e, "ReduceMean", x, [axis]) };
      case "mul":
        return { "": e.add("Mul", [way(0), way(1)], { shape: [...rest, units], elem: x.elem }) };
      case "none":
        return { forward: way(0), backward: way(1) };
      default:
        return { "": reshape(e, x, [...rest, count * units]) };
    }
  };
}
