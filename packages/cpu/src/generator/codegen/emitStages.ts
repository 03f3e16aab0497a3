// A row in stages: one long function of many indices before the next one of any. A processor looks some 500 instructions ahead, which is two or
// three lane groups of an LSTM's map, too few to hide that tanh(c) waits for the gates: 32×128 takes 19.2 µs at once and 16.9 in stages, its backward
// map 24.1 and 20.0 (one core of an AVX-512 class x86-64, Node 20).
import { type Code, type Local, get, set, v128 } from "../wasm/index.ts";
import type { Body } from "./body.ts";
import { type Axis, type LaneGroup, type Scope, stripMinedLoop, vectorLoop, withPointer } from "./loopNest.ts";

/** Indices in a block: the values that go from stage to stage stay in the innermost cache. */
const blockElements = 256;

/** Bytes of workspace: a block of each value that a later stage takes. */
export function stageWorkspaceBytes({ stageValues }: Body): number {
  return stageValues.length * 4 * blockElements;
}

type Part = (at: readonly Local[], group: LaneGroup, stage: number) => Code;

/** Computes `group` in every stage, and `stores` in the last. */
export function emitStages(
  scope: Scope,
  axis: Axis,
  at: readonly Local[],
  workspace: Code,
  { stages, stageValues }: Body,
  group: Part,
  stores: Part,
): Code {
  const blockPointer = scope.local("i32");
  const part: Part = (at, each, stage) => [
    stageValues.map(({ local, to }, c) => (to.includes(stage) ? set(local, v128.load(get(at.at(-1)!), c * 4 * blockElements)) : [])),
    group(at, each, stage),
    stageValues.map(({ local, from }, c) => (from === stage ? v128.store(get(at.at(-1)!), get(local), c * 4 * blockElements) : [])),
    stage === stages - 1 ? stores(at, each, stage) : [],
  ];
  const run = (axis: Axis, at: readonly Local[], stage: number): Code =>
    vectorLoop(scope, withPointer(axis, 1), 1, [...at, blockPointer], (at, groups) => groups.map((each) => part(at, each, stage)));
  return [
    set(blockPointer, workspace),
    stripMinedLoop(scope, axis, blockElements, at, (axis, at) => Array.from({ length: stages }, (_, stage) => run(axis, at, stage))),
  ];
}
