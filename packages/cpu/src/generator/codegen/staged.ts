// A row in stages: one long function of many indices before the next one of any. A processor looks some 500 instructions ahead, which is two or
// three fours of an LSTM's map, too few to hide that tanh(c) waits for the gates: 32×128 takes 19.2 µs at once and 16.9 in stages, its backward
// map 24.1 and 20.0 (one core of an AVX-512 class x86-64, Node 20).
import { type Code, type Local, get, set, v128 } from "../wasm/index.ts";
import type { Body } from "./body.ts";
import { type Axis, type Four, type Scope, walkBlocks, walkLanes, withPointer } from "./walk.ts";

/** Indices in a stage: their crossings stay in the innermost cache. */
const block = 256;

/** Bytes of workspace: a block of each crossing. */
export function roomOf({ crossings }: Body): number {
  return crossings.length * 4 * block;
}

type Part = (at: readonly Local[], four: Four, stage: number) => Code;

/** Computes `four` in every stage, and `stores` in the last. */
export function inStages(
  scope: Scope,
  axis: Axis,
  at: readonly Local[],
  workspace: Code,
  { stages, crossings }: Body,
  four: Part,
  stores: Part,
): Code {
  const room = scope.local("i32");
  const part: Part = (at, each, stage) => [
    crossings.map(({ local, to }, c) => (to.includes(stage) ? set(local, v128.load(get(at.at(-1)!), c * 4 * block)) : [])),
    four(at, each, stage),
    crossings.map(({ local, from }, c) => (from === stage ? v128.store(get(at.at(-1)!), get(local), c * 4 * block) : [])),
    stage === stages - 1 ? stores(at, each, stage) : [],
  ];
  const run = (axis: Axis, at: readonly Local[], stage: number): Code =>
    walkLanes(scope, withPointer(axis, 1), 1, [...at, room], (at, fours) => fours.map((each) => part(at, each, stage)));
  return [
    set(room, workspace),
    walkBlocks(scope, axis, block, at, (axis, at) => Array.from({ length: stages }, (_, stage) => run(axis, at, stage))),
  ];
}
