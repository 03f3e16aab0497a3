// What `supports.accuracy` declares against what the GPU gives, on numbers of every size.
import type { Instruction, Program } from "@sluice/core";
import { binary, dense, unary } from "@sluice/core/kit";
import { describe, expect, test } from "vitest";
import { type WebGLBackend, open } from "./open.ts";

const count = 1 << 17;
/** Of both signs, their logarithms evenly spread from 10⁻³⁰ to 10², and as many evenly spread from −100 to 100. */
const numbers = Float32Array.from({ length: count }, (_, i) => {
  const u = i / count;
  return i % 2 === 0 ? (i % 4 === 0 ? 1 : -1) * 10 ** (32 * u - 30) : 200 * u - 100;
});
const others = numbers.map((_, i) => numbers[(i * 7919 + 13) % count]!);

const names = ["exp", "log", "log1p", "expm1", "sqrt", "tanh", "sigmoid", "sin", "cos", "erf", "div", "sum"] as const;
/** What brings a number to where a function has values. */
const domains = {
  log: Math.abs,
  sqrt: Math.abs,
  sin: (x: number): number => 100 * x,
  cos: (x: number): number => 100 * x,
  log1p: (x: number): number => (x < -1 ? 1 / x : x),
};
type Name = (typeof names)[number];

describe.each(["webgl2", "webgl"] as const)("%s", (mode) => {
  test.each(names)("%s is as accurate as declared", async (name) => {
    const backend = await open({ modes: [mode] });
    const x = name in domains ? numbers.map(domains[name as keyof typeof domains]) : numbers;
    const worst = (await computed(backend, name, x)).reduce((most, got, i) => Math.max(most, ulps(got, exact(name, x[i]!, others[i]!))), 0);
    console.log(`${mode}: ${name} is off by ${worst.toFixed(2)} ulp at most, declared ${backend.supports.accuracy[name]}`);
    expect(worst).toBeLessThanOrEqual(backend.supports.accuracy[name]);
    await backend.close();
  });
});

/** How far apart, in ulp of what is wanted; 0 where that is out of the range of normal numbers. */
function ulps(got: number, want: number): number {
  const size = Math.abs(want);
  return size < 2 ** -126 || size > 2 ** 127 ? 0 : Math.abs(got - want) / (2 ** -23 * size);
}

function exact(name: Name, x: number, y: number): number {
  if (name === "sum") return binary.add(x, y);
  return name === "div" ? binary.div(x, y) : unary[name](x);
}

async function computed(backend: WebGLBackend, name: Name, x: Float32Array): Promise<Float32Array> {
  const executable = await backend.compile(mapping(name));
  const buffers = [0, 1, 2].map(() => backend.create("f32", count));
  backend.write(buffers[0]!, x);
  backend.write(buffers[1]!, others);
  executable.run(buffers);
  return Float32Array.from(await backend.read(buffers[2]!));
}

/** Slots 0 and 1 to slot 2. */
function mapping(name: Name): Program {
  const last: Instruction = name === "sum" ? { op: "add", x: 0, y: 1 } : name === "div" ? { op: "div", x: 0, y: 1 } : { op: name, x: 0 };
  const view = (slot: number) => dense(slot, [count]);
  const body: Instruction[] = [{ op: "load", input: 0 }, { op: "load", input: 1 }, last];
  return {
    name,
    slots: [0, 1, 2].map((binding) => ({ dtype: "f32", length: count, binding })),
    steps: [{ kind: "map", shape: [count], body, inputs: [view(0), view(1)], outputs: [{ view: view(2), value: 2 }] }],
  };
}
