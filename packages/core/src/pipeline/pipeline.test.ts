import fc from "fast-check";
import { expect, test } from "vitest";
import type { Backend, Program, Supports } from "../backend.ts";
import { check } from "../program/check/check.ts";
import { assign, gradient, sum, trace, type Graph, type Tensor } from "../index.ts";
import { checked } from "../program/running/checked.ts";
import { random } from "../random.ts";
import { open } from "../reference.ts";
import { build, choices, columns, rows } from "../testing/expressions.ts";
import { hunt } from "../testing/hunt.ts";
import { broken } from "../program/passes/kept.ts";
import { lowerGraph, stages } from "./lowerGraph.ts";
import type { GraphPass, Pass } from "./pass.ts";
import { pipeline } from "./pipeline.ts";

const backend = checked(await open());
const specs = [[rows, columns], [rows, columns], [columns, columns], [columns]].map((shape) => ({ shape, dtype: "f64" as const }));
const limits: Readonly<Record<string, Partial<Supports>>> = {
  "few bindings": { bindings: 5 },
  "no writing in place": { inPlace: false },
  "few scalar operations": { ops: ["add", "sub", "mul", "div", "floor", "exp", "log", "sqrt", "less", "select"] },
};

function graphOf(list: Parameters<typeof build>[0]): Graph {
  const fn = build(list);
  const both = (x: Tensor, y: Tensor, w: Tensor, v: Tensor): unknown => {
    const { first, second } = fn(x, y, w, v);
    assign(x, first);
    assign(y, second.add(x));
    return { first, second, sum: second.add(x), gradients: gradient(sum(first.mul(second)), { x, y, w, v }) };
  };
  return trace("random", both as (...args: never[]) => unknown, specs).graph;
}

async function run(program: Program, on: Backend<unknown> = backend as Backend<unknown>): Promise<number[][]> {
  const source = random(7),
    buffers = program.slots
      .filter((s) => s.binding !== undefined)
      .sort((a, b) => a.binding! - b.binding!)
      .map((s) => on.create(s.dtype, s.length));
  buffers.slice(0, specs.length).forEach((b, i) => on.write(b, source.child(i).normal(specs[i]!.shape.reduce((p, n) => p * n, 1))));
  const executable = await on.compile(program);
  executable.run(buffers);
  return Promise.all(buffers.map(async (b) => [...(await on.read(b))]));
}

function expectEqual(got: number[][], wanted: number[][]): void {
  got.forEach((values, i) =>
    values.forEach((value, k) =>
      expect(Math.abs(value - wanted[i]![k]!)).toBeLessThanOrEqual(1e-10 * Math.max(1, ...wanted[i]!.map(Math.abs))),
    ),
  );
}

const scheduling = pipeline.find(({ level }) => level === "schedule")!;
const elimination = pipeline.find(({ name }) => name === "common subexpression elimination")!;
/** A graph's Program with no pass but the scheduling, and what that needs. */
const plain = (graph: Graph, supports: Supports): Program => lowerGraph(graph, supports, [elimination, scheduling]);

/**
 * What the pass at `at` is given, and what it makes of it, as Programs; undefined where a backend like this has no use for it.
 * Before the scheduling stands one that fuses nothing.
 */
function around(at: number, graph: Graph, supports: Supports): readonly [before: Program, after: Program] | undefined {
  const pass = pipeline[at]!;
  if (pass.level === "program" && pass.needs?.(supports) === false) return undefined;
  const unfused = { ...supports, bindings: 1 };
  const made = [graph, ...[...stages(graph, supports, pipeline.slice(0, at + 1))].map((stage) => stage.graph ?? stage.program)];
  const [before, after] = made
    .slice(-2)
    .map((value) => ("steps" in value ? value : plain(value, pass === scheduling ? unfused : supports)));
  return [before!, after!];
}

const isFirst = (pass: Pass, at: number): boolean => pipeline.indexOf(pass) === at;
test.each(pipeline.map((pass, at) => [pass.name, pass, at] as const).filter(([, pass, at]) => isFirst(pass, at)))(
  "%s keeps what it says it keeps",
  async (_, pass, at) => {
    let changed = 0;
    const given = fc.tuple(choices, fc.constantFrom<Partial<Supports>>({}, ...Object.values(limits)));
    await hunt(
      given,
      async ([list, limit]) => {
        const supports = { ...backend.supports, ...limit };
        const programs = around(at, graphOf(list), supports);
        if (programs === undefined) return;
        const [before, after] = programs;
        check(after, pass.level === "program" ? supports : { ...supports, ops: backend.supports.ops });
        expect(broken(pass, before, after)).toEqual([]);
        if (before === after) return;
        changed++;
        const [got, wanted] = [await run(after), await run(before)];
        if (pass.keeps.includes("bits")) expect(got).toEqual(wanted);
        else expectEqual(got, wanted);
      },
      700,
    );
    expect(changed).toBeGreaterThan(0);
  },
);

for (const [name, limit] of Object.entries(limits)) {
  test(`fusing and scheduling within ${name} never changes what a program computes`, async () => {
    await hunt(choices, async (list) => {
      const graph = graphOf(list),
        supports = { ...backend.supports, ...limit },
        program = lowerGraph(graph, supports);
      check(program, supports);
      const results = await run(program),
        [x, y, , , first, , sum] = results;
      expectEqual(results, await run(plain(graph, backend.supports)));
      expect([x, y]).toEqual([first, sum]); // what was assigned
    });
  });
}

test("passes out of order, and a pipeline without a scheduling, are refused", () => {
  const graph = graphOf([[1, 2, 3]]);
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });
  const graphPass = pipeline.find((pass): pass is GraphPass => pass.level === "graph")!;
  expect(() => lowerGraph(graph, backend.supports, [graphPass])).toThrow(refused);
  expect(() => lowerGraph(graph, backend.supports, [scheduling, graphPass])).toThrow(refused);
  expect(() => lowerGraph(graph, backend.supports, [scheduling, scheduling])).toThrow(refused);
  expect(() => lowerGraph(graph, backend.supports, [(() => graph) as never])).toThrow(refused);
});
