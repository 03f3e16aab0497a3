import { expect, test } from "vitest";
import {
  array,
  assign,
  compile,
  hostArray,
  initialise,
  lstm,
  recurrence,
  scan,
  SluiceError,
  sqrt,
  square,
  sum,
  type Binding,
  type Bound,
  type Tensor,
  type Tree,
  zeros,
} from "../index.ts";
import { checked } from "../program/running/checked.ts";
import { open } from "../reference.ts";
import type { Backend } from "../backend.ts";

const backend = checked(await open()) as Backend;

async function failure(run: () => unknown): Promise<SluiceError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("a compiled function takes numbers, lists, host arrays and arrays on the backend", async () => {
  const norm = compile(backend, (x: Tensor) => sqrt(square(x).sum()));
  expect((await (await norm([3, 4])).read())[0]).toBe(5);
  expect((await (await norm(hostArray([[3], [4]]))).read())[0]).toBe(5);
  expect((await (await norm(array(backend, Float64Array.of(3, 4)))).read())[0]).toBe(5);
  expect((await (await norm(-2)).read())[0]).toBe(2);
});

test("an update takes effect after the run; every read inside sees the old value", async () => {
  const swap = compile(backend, (a: Tensor, b: Tensor) => {
    assign(a, b);
    assign(b, a);
    return a.add(b);
  });
  const a = array(backend, [1, 2]),
    b = array(backend, [10, 20]),
    bound = await swap.bind(a, b);
  bound.run();
  expect([[...(await a.read())], [...(await b.read())], [...(await bound.outputs.read())]]).toEqual([
    [10, 20],
    [1, 2],
    [11, 22],
  ]);
  bound.run();
  expect([[...(await a.read())], [...(await b.read())]]).toEqual([
    [1, 2],
    [10, 20],
  ]);
});

test("an update may use everything its argument was used for", async () => {
  const step = compile(backend, (w: Tensor, x: Tensor) => {
    const y = x.dot(w),
      back = x.transpose().dot(y.mul(2));
    assign(w, w.sub(back.mul(0.1)));
    return { y, after: w.mul(3) };
  });
  const w = array(backend, [[1], [2]]),
    x = array(backend, [[1, 1]]),
    bound = await step.bind(w, x);
  bound.run();
  const read = async (a: { read(): Promise<ArrayLike<number>> }): Promise<number[]> => Array.from(await a.read(), (v) => +v.toFixed(5));
  expect([await read(w), await read(bound.outputs.y), await read(bound.outputs.after)]).toEqual([[0.4, 1.4], [3], [3, 6]]);
});

test("inputs, views of them and constants come back as results of their own", async () => {
  const f = compile(backend, (x: Tensor) => ({
    same: x,
    row: x.slice(0, 1),
    twice: x,
    zero: x.mul(0).add(1).sub(1),
    flat: x.transpose().reshape([4]),
  }));
  const { same, row, twice, flat } = await f([
    [1, 2],
    [3, 4],
  ]);
  expect([[...(await same.read())], [...(await row.read())], [...(await twice.read())], [...(await flat.read())]]).toEqual([
    [1, 2, 3, 4],
    [3, 4],
    [1, 2, 3, 4],
    [1, 3, 2, 4],
  ]);
});

test("shapes compile once, and the least used go first", async () => {
  let traced = 0;
  const f = compile(backend, (x: Tensor) => (traced++, x.sum()), { cacheSize: 2 });
  for (const n of [1, 2, 1, 2]) await f(Float64Array.from({ length: n }));
  expect(traced).toBe(2);
  await f(new Float64Array(3));
  await f(new Float64Array(2));
  expect(traced).toBe(3);
  await f(new Float64Array(1));
  expect(traced).toBe(4);
});

test("a misfit inside a cell names the step, the operation and the axes", async () => {
  const cell = recurrence(lstm()),
    weights = initialise(cell.weights({ input: 32, units: 128 }), { seed: 1 });
  const run = compile(backend, (x: Tensor, w: Parameters<typeof cell.run>[0]) => cell.run(w, x).last);
  const error = await failure(() => run(hostArray(new Float32Array(32 * 5 * 64), { shape: [32, 5, 64] }), weights));
  expect(error.toString()).toBe(
    "SluiceError [SHAPE_MISMATCH] lstm.step: dot needs equal inner sizes: x [batch 32, input 64] · wx [input 32, gates 512]",
  );
});

test("tracing refuses what cannot be meant, by code", async () => {
  const f32 = { shape: [2, 3], dtype: "f32" } as const,
    i32 = { shape: [2], dtype: "i32" } as const;
  const code = async (fn: (x: Tensor, i: Tensor) => unknown): Promise<string> =>
    (await failure(() => compile(backend, fn).program(f32, i32))).code;
  let leaked: Tensor | undefined;
  expect(await code((x, i) => x.add(i))).toBe("DTYPE_MISMATCH");
  expect(await code((x) => x.add(x.transpose()))).toBe("SHAPE_MISMATCH");
  expect(await code((x) => x.sum(5))).toBe("INVALID_ARGUMENT");
  expect(await code((x) => x.reshape([4]))).toBe("SHAPE_MISMATCH");
  expect(await code((x) => x.slice(1, 2, 9))).toBe("INVALID_ARGUMENT");
  expect(await code(async (x) => x)).toBe("INVALID_ARGUMENT");
  expect(await code((x) => assign(x.mul(2), x))).toBe("INVALID_ARGUMENT");
  expect(await code((x) => scan({ state: x, inputs: x, step: (h) => ({ state: h.sum(), output: h }) }).outputs)).toBe("SHAPE_MISMATCH");
  expect(await code((x) => (scan({ state: x, inputs: x, step: (h) => ((leaked = h), { state: h, output: h }) }), leaked))).toBe(
    "TRACE_LEAK",
  );
  expect(await code(() => leaked)).toBe("TRACE_LEAK");
});

test("arrays of another backend, passed twice, or disposed of are refused, and the function works on", async () => {
  const f = compile(backend, (x: Tensor, y: Tensor) => sum(x.mul(y))),
    other = await open(),
    x = array(backend, [1, 2]),
    y = array(backend, [3, 4]);
  expect((await failure(() => f(x, array(other as Backend, [1, 2])))).code).toBe("INVALID_ARGUMENT");
  expect((await failure(() => f(x, x))).code).toBe("INVALID_ARGUMENT");
  expect((await failure(() => f.bind(x, [3, 4] as never))).message).toContain("argument 2 is no NDArray: [3, 4]");
  const bound = await f.bind(x, y),
    gone = zeros(backend, [2]);
  gone.dispose();
  expect((await failure(() => f(x, gone))).code).toBe("DISPOSED");
  expect((await (await f(x, y)).read())[0]).toBe(11);
  f.dispose();
  expect((await failure(() => f(x, y))).code).toBe("DISPOSED");
  bound.run();
  expect((await bound.outputs.read())[0]).toBe(11);
  bound.dispose();
  expect((await failure(() => bound.run())).code).toBe("DISPOSED");
});

test("arrays, bindings and functions may be disposed of after their backend was closed", async () => {
  const short = (await open()) as Backend,
    f = compile(short, (x: Tensor) => x.sum()),
    x = array(short, [1, 2]),
    bound = await f.bind(x);
  await f([1]);
  await short[Symbol.asyncDispose](); // as `await using` does
  bound.dispose();
  f.dispose();
  x.dispose();
  expect((await failure(() => x.read())).code).toBe("DISPOSED");
});

test("a function that compiles and binds any other needs no cast", async () => {
  async function runner<I extends Tree<Tensor>, R>(fn: (inputs: I) => R, inputs: Bound<I>): Promise<Binding<R>> {
    return compile(backend, fn).bind(inputs);
  }
  const x = array(backend, [1, 2]);
  const bound = await runner(({ x: one }: { readonly x: Tensor }) => ({ twice: one.add(one) }), { x });
  bound.run();
  expect([...(await bound.outputs.twice.read())].map((v) => v + 1)).toEqual([3, 5]);
  bound.dispose();
  x.dispose();
});
