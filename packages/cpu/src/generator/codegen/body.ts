// A body as code for four indices at a time. What is the same for all indices of a row is computed once per row; where long functions follow
// each other, the rest may be computed in stages, each for many indices, so that one need not wait for the other.
import type { BinaryOp, Instruction, ScalarOp } from "@sluice/core";
import { operandsOf } from "@sluice/core/kit";
import { type Callable, type Code, type Local, type Module, call, f32x4, get, set } from "../wasm/index.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { type Stages, stagesOf } from "./stageBody.ts";
import { scalars } from "./scalars.ts";

/** The code that leaves four elements of an input. */
export type Load = (input: number) => Code;

export interface Body {
  /** Computes what stays the same along the row; `load` leaves an element of a uniform input in all lanes. */
  uniform(load: Load): Code;
  /** Computes everything else, or one stage of it. `shared` calls long functions, where the code runs seldom, instead of containing them. */
  varying(load: Load, shared: boolean, stage?: number): Code;
  /** Where the values asked for are after `uniform` and `varying`, in order. */
  readonly values: readonly Local[];
  /** How many stages there are. */
  readonly stages: number;
  /** The values that one stage leaves in a local for later ones. */
  readonly stageValues: readonly StageValue[];
}

export interface StageValue {
  readonly local: Local;
  readonly from: number;
  /** The stages that take it. */
  readonly to: readonly number[];
}

export interface BodyOptions {
  readonly module: Module;
  readonly lanes: Lanes;
  readonly body: readonly Instruction[];
  /** Instructions whose values are wanted. */
  readonly wanted: readonly number[];
  /** Is an input the same for all indices of a row? */
  readonly isUniform: (input: number) => boolean;
}

export function bodyOf({ module, lanes, body, wanted, isUniform }: BodyOptions): Body {
  const { count, stage, usersOf } = stagesOf(body, wanted, isUniform);
  const placed = new Map<number, Local>();
  body.forEach(({ op }, at) => {
    if (wanted.includes(at) || (op !== "const" && needsLocal(stage, usersOf[at]!, at))) placed.set(at, lanes.local());
  });
  const write = writer(module, lanes, body, placed);
  const level = (load: Load, shared: boolean, isIn: (stage: number) => boolean): Code =>
    [...placed].map(([at, local]) => (isIn(stage[at]!) ? set(local, write(at, load, shared)) : []));
  return {
    uniform: (load) => level(load, false, (stage) => stage < 0),
    varying: (load, shared, only) => level(load, shared, (stage) => (only === undefined ? stage >= 0 : stage === only)),
    values: wanted.map((at) => placed.get(at)!),
    stages: count,
    stageValues: [...placed].flatMap(([at, local]) => {
      const users = [...usersOf[at]!.map((user) => stage[user]!), ...(wanted.includes(at) ? [count - 1] : [])];
      const to = [...new Set(users)].filter((user) => user > stage[at]!);
      return stage[at]! >= 0 && to.length > 0 ? [{ local, from: stage[at]!, to }] : [];
    }),
  };
}

/** A value gets a local where more than one takes it, or one in a later stage. */
function needsLocal(stage: Stages["stage"], users: readonly number[], at: number): boolean {
  return users.length > 1 || users.some((user) => stage[user]! > stage[at]!);
}

/** The code that computes an instruction from values in locals; operands without a local are part of it. */
function writer(module: Module, lanes: Lanes, body: readonly Instruction[], placed: ReadonlyMap<number, Local>) {
  return (root: number, load: Load, shared: boolean): Code => {
    const value = (at: number): Code => (placed.has(at) ? get(placed.get(at)!) : code(at));
    const code = (at: number): Code => {
      const instruction = body[at]!;
      switch (instruction.op) {
        case "const":
          return lanes.constant(instruction.value);
        case "load":
          return load(instruction.input);
        case "select":
          return scalars.select.code(lanes, mask(instruction.test), value(instruction.x), value(instruction.y));
        case "max":
        case "min":
          return limited(instruction) ?? apply(instruction.op, operandsOf(instruction).map(value));
        default:
          return apply(instruction.op, operandsOf(instruction).map(value));
      }
    };
    const mask = (at: number): Code => {
      const test = body[at]!;
      const isPlain = test.op === "less" && !placed.has(at);
      return isPlain ? f32x4.lt(value(test.x), value(test.y)) : f32x4.ne(value(at), lanes.constant(0));
    };
    /** Against a constant that is a number one machine instruction will do: NaN has to come from the other side. Adding 0 makes 0 of −0, for max(−0, 0). */
    const limited = ({ op, x, y }: Extract<Instruction, { op: BinaryOp }>): Code | undefined => {
      const [limit, other] = isNumber(body[y]!) ? [y, x] : [x, y];
      const constant = body[limit]!;
      if (!isNumber(constant)) return undefined;
      const number = Math.fround(constant.value);
      if (op === "max") {
        const larger = f32x4.pmax(value(other), value(limit));
        return Object.is(number, 0) ? f32x4.add(larger, value(limit)) : larger;
      }
      return Object.is(number, -0) ? undefined : f32x4.pmin(value(other), value(limit));
    };
    const apply = (op: Exclude<ScalarOp, "select">, [x = [], y = []]: readonly Code[]): Code =>
      shared && scalars[op].long ? call(functionOf(module, op), x) : scalars[op].code(lanes, x, y, []);
    return code(root);
  };
}

/** A long function as a function of the module, which has it once. */
function functionOf(module: Module, op: Exclude<ScalarOp, "select">): Callable {
  return module.once(op, () =>
    module.function({ params: ["v128"], result: "v128" }, (scope) => {
      const lanes = lanesOf(scope);
      const code = scalars[op].code(lanes, get(scope.params[0]), [], []);
      return [lanes.setup(), code];
    }),
  );
}

function isNumber(instruction: Instruction): instruction is Extract<Instruction, { op: "const" }> {
  return instruction.op === "const" && !Number.isNaN(instruction.value);
}
