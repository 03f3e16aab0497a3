import { expect, test } from "vitest";
import type { Backend, Program, Supports } from "../backend.ts";
import { check } from "../check.ts";
import { fission } from "../fission/fission.ts";
import { assign, gradient, sum, trace, type Graph, type Tensor } from "../index.ts";
import { checked } from "../kit/checked.ts";
import { random } from "../random.ts";
import { open } from "../reference.ts";
import { accumulate } from "../simplify/accumulate.ts";
import { cse } from "../simplify/cse.ts";
import { hunt } from "../testing/hunt.ts";
import { build, choices, columns, rows } from "../testing/expressions.ts";
import { lowerGraph, passes, type Pass } from "./lower.ts";

const backend = checked(await open());
const specs = [[rows, columns], [rows, columns], [columns, columns], [columns]].map((shape) => ({ shape, dtype: "f64" as const }));

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

const each: Readonly<Record<string, readonly Pass[]>> = {
  "common subexpressions": [cse],
  "accumulating products": [cse, accumulate],
  fission: [cse, fission],
  "all passes": passes,
};
for (const [name, through] of Object.entries(each)) {
  test(`${name}: a program and its gradient compute the same before and after`, async () => {
    await hunt(choices, async (list) => {
      const graph = graphOf(list),
        plain = lowerGraph(graph, backend.supports, []),
        passed = lowerGraph(graph, backend.supports, through);
      check(plain, backend.supports);
      check(passed, backend.supports);
      const results = await run(passed),
        [x, y, , , first, , sum] = results;
      expectEqual(results, await run(plain));
      expect([x, y]).toEqual([first, sum]); // what was assigned
    });
  });
}

const limits: Readonly<Record<string, Partial<Supports>>> = {
  "few bindings": { bindings: 5 },
  "no writing in place": { inPlace: false },
  "few scalar operations": { ops: ["add", "sub", "mul", "div", "exp", "log", "sqrt", "less", "select"] },
};
for (const [name, limit] of Object.entries(limits)) {
  test(`fusing and scheduling within ${name} never changes what a program computes`, async () => {
    await hunt(choices, async (list) => {
      const graph = graphOf(list),
        supports = { ...backend.supports, ...limit },
        program = lowerGraph(graph, supports);
      check(program, supports);
      expectEqual(await run(program), await run(lowerGraph(graph, backend.supports)));
    });
  });
}
