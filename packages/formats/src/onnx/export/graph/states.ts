// What is read of a loop's states: mostly the last, or those that iterations leave, which a Scan gives; seldom the first among them.
import type { Loop, Node, States, ViewOf, Window } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { sizeOf } from "../emission/operators.ts";
import type { Numbers } from "../emission/values.ts";
import { lookThrough } from "../windows/look.ts";
import type { Lowering } from "./lowering.ts";
import { nth } from "../../read/there.ts";

/** Which of the rows [steps + 1] a window reads. */
type Read = "start" | "end" | "after" | "all";

export function lookAtStates(e: Emitter, lowering: Lowering, { window }: ViewOf, states: States): Numbers {
  const { loop, state } = states,
    results = lowering.loop(loop),
    size = sizeOf(states.shape.slice(1));
  const from = (row: number): Window => ({ ...window, offset: window.offset - row * size });
  switch (readOf(window, states)) {
    case "start":
      return lookThrough(e, lowering.value(nth(loop.states, state).init), from(loop.reverse ? loop.steps : 0)); // which the loop has
    case "end":
      return lookThrough(e, results.last(state), from(loop.reverse ? 0 : loop.steps));
    case "after":
      return lookThrough(e, results.after(state), from(loop.reverse ? 0 : 1));
    case "all":
      return lookThrough(e, results.all(state), window);
  }
}

/** Are rows read that each iteration leaves? */
export function readsEach(lowering: Lowering, states: States): boolean {
  const users = lowering.readersOf(states);
  const isEach = (user: Node): boolean => user.kind !== "view" || ["after", "all"].includes(readOf(user.window, states));
  return lowering.isResult(states) || users.some(isEach);
}

function readOf(window: Window, { loop, shape }: States): Read {
  const size = Math.max(1, sizeOf(shape.slice(1)));
  const far = (sign: number): number =>
    window.strides.reduce((sum, stride, axis) => sum + (stride * sign > 0 ? stride * (nth(window.shape, axis) - 1) : 0), window.offset);
  const low = Math.floor(far(-1) / size),
    high = Math.floor(far(1) / size);
  const [start, end] = rowsOf(loop);
  if (low === high && low === end) return "end";
  if (low === high && low === start) return "start";
  return low > start || high < start ? "after" : "all";
}

function rowsOf({ reverse, steps }: Loop): readonly [start: number, end: number] {
  return reverse ? [steps, 0] : [0, steps];
}
