// Counted loops, as every kernel has them.
import type { Code } from "./code.ts";
import { type Local, brIf, get, i32, ifElse, loop, set, tee } from "./instructions.ts";

/** Adds to a local. */
export function bump(local: Local, by: number | Code): Code {
  if (by === 0) return [];
  return set(local, i32.add(get(local), typeof by === "number" ? i32.const(by) : by));
}

/** `body` for i = from, from + by, … while below `to`. `i` is a local of the caller; `to` is computed each time, so let it be cheap. */
export function countUp(i: Local, from: Code, to: Code, by: number, body: Code): Code {
  return ifElse(i32.lt(tee(i, from), to), loop([body, brIf(0, i32.lt(tee(i, i32.add(get(i), i32.const(by))), to))]));
}

/** `body` so many times, known when the code is written; `left` counts down to 0. Nothing of a loop remains for one time or none. */
export function repeat(left: Local, times: number, body: Code): Code {
  if (times <= 0) return [];
  if (times === 1) return body;
  return [set(left, i32.const(times)), loop([body, brIf(0, countDown(left))])];
}

/** Takes 1 from a local and leaves what remains on the stack: how a loop that counts down tests for its end. */
export function countDown(left: Local): Code {
  return tee(left, i32.sub(get(left), i32.const(1)));
}
