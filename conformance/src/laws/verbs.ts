// What every backend owes its callers: verbs that take effect in the order of their calls, and misuse that throws by its code and harms nothing.
import type { Backend, Program, TypedArray } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import { allocate, dense } from "@sluice/core/kit";
import fc from "fast-check";
import { contentsOf } from "../arbitraries/contents.ts";
import { kinds, programs } from "../arbitraries/programs.ts";
import { type Law, property } from "../law.ts";
import { pooled } from "./pool.ts";
import { judge } from "./trial.ts";

export const verbs: readonly Law[] = [
  pooled({
    name: "call order: a read gives the contents as of its call, whatever was called before and after",
    programs: (supports) => programs(supports, { kinds, steps: 2, scans: "some" }),
    async claim({ program, buffers, executable }, seed, backend) {
      const [before, after] = [contentsOf(program, seed), contentsOf(program, seed + 1)];
      const write = (contents: readonly TypedArray[]): void => contents.forEach((data, at) => backend.write(buffers[at], data));
      const read = (): Promise<TypedArray[]> => Promise.all(buffers.map((buffer) => backend.read(buffer)));
      write(before);
      const written = read();
      executable.run(buffers);
      const first = read();
      write(after);
      executable.run(buffers);
      const second = read();
      write(before);
      (await written).forEach((data, at) => same(data, before[at]!));
      judge(program, backend.supports, before, await first);
      judge(program, backend.supports, after, await second);
    },
  }),
  property(
    "buffers: they start as zeros, and writes and reads of parts touch just those",
    fc.record({
      length: fc.nat({ max: 40 }),
      seed: fc.nat(),
      parts: fc.array(fc.record({ from: fc.nat(), count: fc.nat(), write: fc.boolean() }), { maxLength: 6 }),
    }),
    async (backend, { length, seed, parts }) => {
      for (const dtype of backend.supports.dtypes) {
        const buffer = backend.create(dtype, length);
        const model = allocate(dtype, length);
        const [fresh] = contentsOf({ name: "", slots: [{ dtype, length, binding: 0 }], steps: [] }, seed) as [TypedArray];
        same(await backend.read(buffer), model);
        for (const part of parts) {
          const from = part.from % (length + 1);
          const count = part.count % (length - from + 1);
          if (part.write) {
            const data = fresh.slice(from, from + count);
            backend.write(buffer, data, from);
            model.set(data, from);
            data.fill(7); // it was copied
          } else {
            const into = allocate(dtype, count);
            if ((await backend.read(buffer, from, count, into)) !== into)
              throw new Error("read should resolve with the array it was given");
            same(into, model.subarray(from, from + count));
          }
        }
        same(await backend.read(buffer), model);
        backend.destroy(buffer);
      }
    },
  ),
  property(
    "misuse: it throws by its code and leaves the backend working",
    fc.constantFrom(...misuses()),
    async (backend, { code, attempt }) => {
      const dtype = backend.supports.dtypes[0]!;
      const [x, y] = [backend.create(dtype, 2), backend.create(dtype, 2)];
      const program = copying(dtype);
      await throws(code, () => attempt({ backend, dtype, x, y, program }));
      const [from, to] = [backend.create(dtype, 2), backend.create(dtype, 2)];
      const data = allocate(dtype, 2).fill(3);
      backend.write(from, data);
      const executable = await backend.compile(program);
      executable.run([from, to]);
      same(await backend.read(to), data);
      executable.destroy();
    },
  ),
];

interface Scene {
  readonly backend: Backend;
  readonly dtype: Program["slots"][number]["dtype"];
  readonly x: unknown;
  readonly y: unknown;
  /** Copies two elements from binding 0 to binding 1. */
  readonly program: Program;
}

interface Misuse {
  readonly name: string;
  readonly code: SluiceError["code"];
  attempt(scene: Scene): unknown;
}

function misuses(): Misuse[] {
  const misuse = (name: string, code: Misuse["code"], attempt: Misuse["attempt"]): Misuse => ({ name, code, attempt });
  const outside = (program: Program): Program => ({ ...program, slots: program.slots.map((slot) => ({ ...slot, length: 1 })) });
  return [
    misuse("a view outside its slot", "ILLEGAL_PROGRAM", ({ backend, program }) => backend.compile(outside(program))),
    misuse("one buffer bound twice", "INVALID_ARGUMENT", async ({ backend, program, x }) => (await backend.compile(program)).run([x, x])),
    misuse("too few bindings", "INVALID_ARGUMENT", async ({ backend, program, x }) => (await backend.compile(program)).run([x])),
    misuse("a binding of another length", "INVALID_ARGUMENT", async ({ backend, program, x, dtype }) =>
      (await backend.compile(program)).run([x, backend.create(dtype, 3)]),
    ),
    misuse("a negative length", "INVALID_ARGUMENT", ({ backend, dtype }) => backend.create(dtype, -1)),
    misuse("a write past the end", "INVALID_ARGUMENT", ({ backend, x, dtype }) => backend.write(x, allocate(dtype, 2), 1)),
    misuse("a write of another dtype", "INVALID_ARGUMENT", ({ backend, x, dtype }) =>
      backend.write(x, allocate(dtype === "f32" ? "f64" : "f32", 1)),
    ),
    misuse("a read past the end", "INVALID_ARGUMENT", ({ backend, x }) => backend.read(x, 1, 2)),
    misuse("a read after destroy", "DISPOSED", ({ backend, x }) => (backend.destroy(x), backend.read(x))),
    misuse("a second destroy", "DISPOSED", ({ backend, x }) => (backend.destroy(x), backend.destroy(x))),
    misuse(
      "a run with a destroyed buffer",
      "DISPOSED",
      async ({ backend, program, x, y }) => (backend.destroy(y), (await backend.compile(program)).run([x, y])),
    ),
    misuse("a run after destroy", "DISPOSED", async ({ backend, program, x, y }) => {
      const executable = await backend.compile(program);
      executable.destroy();
      executable.run([x, y]);
    }),
  ];
}

function copying(dtype: Scene["dtype"]): Program {
  return {
    name: "copy",
    slots: [0, 1].map((binding) => ({ dtype, length: 2, binding })),
    steps: [
      { kind: "map", shape: [2], body: [{ op: "load", input: 0 }], inputs: [dense(0, [2])], outputs: [{ view: dense(1, [2]), value: 0 }] },
    ],
  };
}

async function throws(code: Misuse["code"], attempt: () => unknown): Promise<void> {
  const thrown = await Promise.resolve()
    .then(attempt)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  if (!(thrown instanceof SluiceError && thrown.code === code)) throw new Error(`should throw ${code}, got ${String(thrown)}`);
}

function same(got: TypedArray, want: TypedArray): void {
  if (got.length !== want.length || !got.every((value: number, i: number) => Object.is(value, want[i])))
    throw new Error(`should be [${want.join(", ")}], got [${got.join(", ")}]`);
}
