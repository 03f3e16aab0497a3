import { expect, test } from "vitest";
import type { ProgramPass } from "../backend.ts";
import { compile, gradient, lstm, recurrence, scan, trace, type Tensor } from "../index.ts";
import { print } from "../program/print/print.ts";
import { open } from "../reference.ts";
import { f32 } from "../testing/programs.ts";
import { explain } from "./explain.ts";
import { pipeline } from "./pipeline.ts";

const backend = await open();
const layer = recurrence(lstm());
const fn = (w: { wx: Tensor; wh: Tensor; b: Tensor }, x: Tensor) => gradient(layer.run(w, x).last.sum(), w);
const args = [{ wx: f32(3, 16), wh: f32(4, 16), b: f32(16) }, f32(2, 5, 3)] as const;

test("the stages are those of the pipeline and then the backend's own, and the last is the Program that runs", () => {
  const own: ProgramPass = { name: "own", level: "program", keeps: ["bits"], run: (program) => ({ ...program, name: "renamed" }) };
  const stages = explain(trace("fn", fn as never, args).graph, { ...backend, passes: [own] });
  expect(stages.map(({ name }) => name)).toEqual(["trace", ...pipeline.map(({ name }) => name), "own"]);
  const { text, ms, ...last } = stages.at(-2)!;
  expect(text).toBe(print(compile(backend, fn, { name: "fn" }).program(...args)));
  expect(last).toEqual({ name: "scratch sharing", level: "program", size: 13, scratchBytes: 1208 });
  expect(ms).toBeGreaterThanOrEqual(0);
  expect(stages.at(-1)!.text).toMatch(/^renamed: /);
});

test("a graph is written down node by node, loops with their bodies inside them", () => {
  const sums = (x: Tensor, start: Tensor) =>
    scan({
      state: { s: start },
      inputs: x,
      step: ({ s }, row) => ({ state: { s: s.add(row.mul(2)) }, output: row }),
      name: "sums",
    }).state.s;
  const [traced] = explain(trace("fn", sums as never, [f32(4, 3), f32(3)]).graph, backend);
  expect(`\n${traced!.text}\n`).toBe(`
fn: 2 inputs, 9 nodes
  %0 = input  f32[4×3]  argument 1
  %1 = input  f32[3]  argument 2
  loop 0 sums: 4 steps
    %3 = row of %0
    %2 = state from %1, then %6
    %5 = mul %3 2  f32[3]  mul
    %6 = add %2 %5  f32[3]  add
  %7 = states 0 of loop 0  f32[5×3]  sums.s
  %8 = view %7 by 1 @12  f32[3]  sums.s
  result → %8
`);
});
