import fc from "fast-check";
import { expect, test } from "vitest";
import {
  abs,
  compile,
  gather,
  gradient,
  hostArray,
  relu,
  scan,
  SluiceError,
  softplus,
  sum,
  tanh,
  valueAndGradient,
  type HostArray,
  type Tensor,
} from "../index.ts";
import { random } from "../random.ts";
import { open } from "../reference.ts";
import { hunt } from "../testing/hunt.ts";
import { build, choices, columns, rows } from "../testing/expressions.ts";

const backend = await open();
const shapes = [[rows, columns], [rows, columns], [columns, columns], [columns]];
const inputs = (seed: number): HostArray[] =>
  shapes.map((shape, i) => ({
    dtype: "f64",
    shape,
    data: random(seed)
      .child(i)
      .normal(shape.reduce((a, b) => a * b, 1)),
  }));
type Four = [HostArray, HostArray, HostArray, HostArray];

/** Central differences in a random direction: f(x + εd) − f(x − εd) over 2ε, with the error of a smooth f of order ε². */
async function slope(f: (...x: Four) => Promise<number>, at: Four, direction: Four, epsilon: number): Promise<number> {
  const moved = (sign: number): Four =>
    at.map((x, i) => ({ ...x, data: x.data.map((v, k) => v + sign * epsilon * direction[i]!.data[k]!) })) as Four;
  return ((await f(...moved(1))) - (await f(...moved(-1)))) / (2 * epsilon);
}

test("the gradient of any traced function is what finite differences say, in f64", async () => {
  await hunt(
    fc.tuple(choices, fc.nat(1e6)),
    async ([list, seed]) => {
      const fn = build(list),
        at = inputs(seed) as Four,
        direction = inputs(seed + 1) as Four;
      const loss = (...x: [Tensor, Tensor, Tensor, Tensor]): Tensor => sum(tanh(fn(...x).first));
      const value = compile(backend, loss),
        grad = compile(backend, (...x: [Tensor, Tensor, Tensor, Tensor]) => gradient(loss(...x), x));
      const f = async (...x: Four): Promise<number> => (await (await value(...x)).read())[0]!;
      const found = await Promise.all((await grad(...at)).map((g) => g.read()));
      const along = found.reduce((total, g, i) => total + g.reduce((s, v, k) => s + v * direction[i]!.data[k]!, 0), 0);
      // Kinks (max, relu, where) may lie within ε of the point: one of two steps must agree.
      const errors = await Promise.all([1e-5, 3e-7].map(async (epsilon) => Math.abs((await slope(f, at, direction, epsilon)) - along)));
      expect(Math.min(...errors)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(along)));
    },
    4000,
  );
});

test("gradients of gradients are second derivatives, also through a scan", async () => {
  const f = (x: Tensor): Tensor =>
    scan({ state: x, inputs: x.reshape([2, 1]), step: (h, u) => ({ state: h.mul(h).add(u), output: h }) }).state.sum();
  const second = compile(backend, (x: Tensor) => gradient(gradient(f(x), x).sum(), x)),
    first = compile(backend, (x: Tensor) => gradient(f(x), x).sum());
  const x = Float64Array.of(0.3, -0.7),
    e = 1e-6;
  const at = async (k: number, step: number): Promise<number> =>
    (await (await first(x.map((v, i) => (i === k ? v + step : v)))).read())[0]!;
  const found = await (await second(x)).read();
  for (const k of [0, 1]) expect(found[k]).toBeCloseTo(((await at(k, e)) - (await at(k, -e))) / (2 * e), 6);
});

test("at their kinks relu and |x| have gradient 0, softplus has ½", async () => {
  const grad = compile(backend, (x: Tensor) => gradient(relu(x).add(abs(x)).add(softplus(x)).sum(), x));
  expect([...(await (await grad(Float64Array.of(0, 1, -1))).read())].map((v) => +v.toFixed(6))).toEqual([
    0.5,
    +(2 + 1 / (1 + Math.exp(-1))).toFixed(6),
    +(-1 + 1 / (1 + Math.exp(1))).toFixed(6),
  ]);
});

test("rows looked up twice get both gradients, rows outside the table none", async () => {
  const grad = compile(backend, (table: Tensor, index: Tensor, up: Tensor) => gradient(gather(table, index), table, up));
  const got = await grad(
    hostArray(new Float64Array(6), { shape: [3, 2] }),
    Int32Array.of(2, 0, 2, 7),
    hostArray(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), { shape: [4, 2] }),
  );
  expect([...(await got.read())]).toEqual([3, 4, 0, 0, 6, 8]);
});

test("what is asked for beside others has the gradient that it has alone, also where it is computed from them", async () => {
  const shown: Record<string, (x: Tensor) => { readonly loss: Tensor; readonly wanted: Readonly<Record<string, Tensor>> }> = {
    "a chain": (x) => {
      const [a, b] = [tanh(x), tanh(x).mul(x)];
      const c = a.mul(b);
      return { loss: c.mul(c).add(a).sum(), wanted: { x, a, b, c } };
    },
    "a loop": (x) => {
      const start = tanh(x.at(0, 0)),
        inputs = x.mul(2);
      const { outputs, state } = scan({
        inputs,
        state: { h: start },
        step: ({ h }: { readonly h: Tensor }, now: Tensor) => {
          const next = tanh(h.add(now));
          return { state: { h: next }, output: next.mul(now) };
        },
      });
      return { loss: outputs.mul(outputs).sum().add(state.h.sum()), wanted: { x, start, inputs, outputs, last: state.h } };
    },
  };
  const at = inputs(4)[0]!;
  for (const [name, show] of Object.entries(shown)) {
    const all = compile(backend, (x: Tensor) => {
      const { loss, wanted } = show(x);
      return gradient(loss, wanted);
    });
    const together = await all(at);
    for (const [key, found] of Object.entries(together)) {
      const alone = compile(backend, (x: Tensor) => {
        const { loss, wanted } = show(x);
        return gradient(loss, wanted[key]!);
      });
      const [got, expected] = [await found.read(), await (await alone(at)).read()];
      expect(
        expected.some((value) => value !== 0),
        `${name}: ${key}`,
      ).toBe(true);
      got.forEach((value, i) => expect(value, `${name}: ${key}`).toBeCloseTo(expected[i]!, 10));
    }
  }
});

test("valueAndGradient holds its arguments apart, also where one is computed from another", async () => {
  const both = compile(backend, (x: Tensor) => {
    const { gradients } = valueAndGradient((a: Tensor, b: Tensor) => a.mul(b).sum())(x, tanh(x));
    return { a: gradients[0], b: gradients[1] };
  });
  const at = inputs(5)[0]!;
  const { a, b } = await both(at);
  (await a.read()).forEach((value, i) => expect(value).toBeCloseTo(Math.tanh(at.data[i]!), 12));
  expect(Array.from(await b.read())).toEqual(Array.from(at.data));
});

test("valueAndGradient gives one tree per argument and leaves integers alone", async () => {
  const f = valueAndGradient((w: { a: Tensor; b: Tensor }, index: Tensor) => ({
    value: sum(gather(w.a, index)).mul(w.b),
    aux: { seen: index },
  }));
  const run = compile(backend, (w: { a: Tensor; b: Tensor }, index: Tensor) => {
    const { value, gradients, aux } = f(w, index);
    return { value, w: gradients[0], seen: aux.seen };
  });
  const got = await run(
    { a: hostArray(Float64Array.of(1, 2, 3), { shape: [3, 1] }), b: hostArray(Float64Array.of(10), { shape: [] }) },
    Int32Array.of(1, 1),
  );
  expect((await got.value.read())[0]).toBe(40);
  expect([...(await got.w.a.read())]).toEqual([0, 20, 0]);
  expect((await got.w.b.read())[0]).toBe(4);
});

test("what has no gradient says so", () => {
  const program = (fn: (x: Tensor, i: Tensor) => Tensor) => () =>
    compile(backend, fn).program({ shape: [2], dtype: "f64" }, { shape: [2], dtype: "i32" });
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as SluiceError).code;
    }
    return "none";
  };
  expect(code(program((x) => gradient(x, x)))).toBe("NOT_DIFFERENTIABLE");
  expect(code(program((x, i) => gradient(x.sum(), i)))).toBe("NOT_DIFFERENTIABLE");
  expect(code(program((x) => gradient(x, x, x.sum())))).toBe("SHAPE_MISMATCH");
});
