import { expect, test } from "vitest";
import type { Backend, Instruction, Program, Step, TypedArray } from "../../backend.ts";
import { open } from "../../reference.ts";
import { checked } from "./checked.ts";
import { dense } from "../views.ts";

const copy: readonly Instruction[] = [{ op: "load", input: 0 }];
const move = (from: number, to: number): Step => ({
  kind: "map",
  shape: [2],
  body: copy,
  inputs: [dense(from, [2])],
  outputs: [{ view: dense(to, [2]), value: 0 }],
});
const program: Program = {
  name: "p",
  slots: [
    { dtype: "f32", length: 2, binding: 0 },
    { name: "scratch", dtype: "f32", length: 2 },
    { dtype: "f32", length: 2, binding: 1 },
    { dtype: "f32", length: 2, data: Float32Array.of(7, 8) },
  ],
  steps: [move(1, 2), move(0, 1)],
};
const code = (code: string) => expect.objectContaining({ name: "SluiceError", code });

/** A backend that checks nothing, keeps its scratch between runs, and counts what is alive: the kind that needs checking. */
async function careless(nan = true): Promise<{ backend: Backend<TypedArray>; alive: Set<TypedArray>; compiled: Program[] }> {
  const inner = await open();
  const alive = new Set<TypedArray>();
  const compiled: Program[] = [];
  const backend: Backend<TypedArray> = {
    ...inner,
    supports: { ...inner.supports, keeps: { ...inner.supports.keeps, nan } },
    create(dtype, length) {
      if (length === 13) throw new Error("no memory");
      const buffer = inner.create(dtype, length);
      alive.add(buffer);
      return buffer;
    },
    destroy: (buffer) => void alive.delete(buffer),
    compile(program) {
      compiled.push(program);
      return inner.compile(program);
    },
  };
  return { backend, alive, compiled };
}

test("scratch is NaN before every run, and the program is otherwise the same", async () => {
  const { backend: inner, compiled } = await careless();
  const backend = checked(inner);
  const [x, y] = [backend.create("f32", 2), backend.create("f32", 2)];
  backend.write(x, Float32Array.of(1, 2));
  const executable = await backend.compile(program);
  for (let i = 0; i < 2; i++) {
    executable.run([x, y]);
    expect(Array.from(await backend.read(y))).toEqual([NaN, NaN]);
  }
  expect(compiled[0]!.slots.map(({ binding }) => binding)).toEqual([0, 2, 1, undefined]);
  expect(executable.executor).toBe("checked float64 interpreter");
  const { backend: lossy } = await careless(false);
  const other = checked(lossy);
  const [a, b] = [other.create("f32", 2), other.create("f32", 2)];
  (await other.compile(program)).run([a, b]);
  expect((await other.read(b))[0]).toBeGreaterThan(1e38);
});

test("a program that check refuses never reaches the backend", async () => {
  const { backend: inner, compiled } = await careless();
  await expect(checked(inner).compile({ ...program, steps: [move(0, 9)] })).rejects.toThrow(code("ILLEGAL_PROGRAM"));
  expect(compiled).toEqual([]);
});

test("every misuse that a careless backend lets through has its code", async () => {
  const { backend: inner, alive } = await careless();
  const backend = checked(inner);
  const [x, y, long, other] = [backend.create("f32", 2), backend.create("f32", 2), backend.create("f32", 3), backend.create("f64", 2)];
  const executable = await backend.compile(program);
  const foreign = checked(inner).create("f32", 2);
  expect(() => executable.run([x, x])).toThrow(code("INVALID_ARGUMENT"));
  expect(() => executable.run([x])).toThrow(code("INVALID_ARGUMENT"));
  for (const wrong of [long, other, foreign]) expect(() => executable.run([x, wrong])).toThrow(code("INVALID_ARGUMENT"));
  expect(() => backend.write(x, Float32Array.of(1), 2)).toThrow(code("INVALID_ARGUMENT"));
  expect(() => backend.write(x, Float32Array.of(1), -1)).toThrow(code("INVALID_ARGUMENT"));
  await expect(backend.read(x, 1, 2)).rejects.toThrow(code("INVALID_ARGUMENT"));
  await expect(backend.read(x, 0, 2, new Float64Array(2))).rejects.toThrow(code("INVALID_ARGUMENT"));
  backend.destroy(y);
  expect(() => backend.destroy(y)).toThrow(code("DISPOSED"));
  expect(() => executable.run([x, y])).toThrow(code("DISPOSED"));
  await expect(backend.read(y)).rejects.toThrow(code("DISPOSED"));
  const before = alive.size;
  executable.destroy();
  expect(alive.size).toBe(before - 1); // its scratch
  expect(() => executable.destroy()).toThrow(code("DISPOSED"));
  expect(() => executable.run([x, y])).toThrow(code("DISPOSED"));
  await backend.close();
  await backend.close();
  expect(() => backend.create("f32", 1)).toThrow(code("DISPOSED"));
  await expect(backend.compile(program)).rejects.toThrow(code("DISPOSED"));
});

test("a compile that fails half-way leaves nothing behind", async () => {
  const { backend: inner, alive } = await careless();
  const large: Program = { ...program, slots: [...program.slots, { dtype: "f32", length: 13 }] };
  await expect(checked(inner).compile(large)).rejects.toThrow("no memory");
  expect(alive.size).toBe(0);
});
