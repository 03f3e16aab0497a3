// For tests: what a graph of layers comes to for a batch in f64, its gradient, and what differences say of that.
import { compile, gradient, initialise, literal, type Backend, type HostArray, type Tensor } from "@sluice/core";
import { zeroed } from "../layers/counted.ts";
import { entryOf } from "../host/entryOf.ts";
import type { AnyModel } from "../model/model.ts";
import { layoutOf, pack, unpack } from "../weights/layout.ts";

export interface Batch {
  /** By input of the model, all of which have names. */
  readonly x: Readonly<Record<string, HostArray>>;
  readonly masks?: Readonly<Record<string, HostArray>>;
  readonly drawn?: Readonly<Record<string, HostArray>>;
  /** By layer and key; otherwise as seed 1 draws them. */
  readonly weights?: Readonly<Record<string, HostArray>>;
  /** Whether layers set their weights, as in training. Default false. */
  readonly training?: boolean;
  /** Whether differences are taken, two runs for each element. Default true. */
  readonly measures?: boolean;
}

export interface Figures {
  readonly shape: readonly number[];
  readonly y: readonly number[];
  /** Of its steps, where not all count. */
  readonly mask: readonly number[] | undefined;
  /** Of Σ y · sin(1, 2, …) over what counts, by input, and that of all weights as "params". */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** Elements whose gradient is not what central differences say, "a 3: 0.5 for 0.4"; what is NaN is left out. */
  readonly wrong: readonly string[];
  /** What layers set of their weights, by name. */
  readonly moved: Readonly<Record<string, readonly number[]>>;
}

type Given = Readonly<Record<string, Tensor>>;

/** Of a model of one output without a name. */
export async function figures(
  backend: Backend,
  model: AnyModel,
  { x, masks = {}, drawn = {}, weights, training = false, measures = true }: Batch,
): Promise<Figures> {
  const shapes = Object.fromEntries(Object.entries(x).map(([name, { shape }]) => [name, shape.slice(1)]));
  const built = model.build(model.sample(shapes)),
    layout = layoutOf(built.weights);
  const packed = pack(layout, weights ?? initialise(layout.weights, { seed: 1, dtype: "f64" }), "f64", "test");
  const floats = Object.fromEntries(Object.entries(x).filter(([, { dtype }]) => dtype !== "i32"));
  const indices = Object.fromEntries(Object.entries(x).filter(([, { dtype }]) => dtype === "i32"));
  const at = { ...floats, ...(layout.length > 0 && { params: f64([layout.length], [...packed]) }) };
  const applied = (given: Given, rest: Record<"indices" | "masks" | "drawn", Given>) => {
    const inputs = Object.fromEntries(Object.keys(x).map((name) => [name, entryOf({ ...given, ...rest.indices }, name)]));
    const flat = given["params"] ?? literal(new Float64Array(0)),
      { trained } = layout,
      frozen = trained < layout.length ? flat.slice(0, trained) : undefined;
    const rows = literal(new Float64Array(Object.values(x)[0]?.shape[0] ?? 0).fill(1));
    const all = built.apply(unpack(layout, flat.slice(0, 0, trained), frozen), inputs, {
      ...rest,
      learning: { rows, moves: () => training },
    });
    return { y: entryOf(all.outputs, "y"), mask: all.masks["y"], moved: all.moved };
  };
  const loss = (given: Given, rest: Record<"indices" | "masks" | "drawn", Given>): Tensor => {
    const { y, mask } = applied(given, rest);
    const factors = literal(Float64Array.from({ length: y.size }, (_, i) => Math.sin(i + 1))).reshape(y.shape);
    return zeroed(y, mask).mul(factors).sum();
  };
  const rest = { indices, masks, drawn };
  const whole = compile(backend, (given: Given, others: typeof rest & Record<keyof typeof rest, Given>) => ({
    ...applied(given, others),
    gradients: Object.keys(given).length === 0 ? {} : gradient(loss(given, others), given),
  }));
  const value = compile(backend, loss);
  const found = (await whole(at as never, rest as never)) as unknown as {
    readonly y: Read;
    readonly mask?: Read;
    readonly moved: Readonly<Record<string, Read>>;
    readonly gradients: Readonly<Record<string, Read>>;
  }; // arrays in place of tensors
  const numbers = async (one: Read): Promise<readonly number[]> => [...(await one.read())];
  const gradients = Object.fromEntries(
    await Promise.all(Object.entries(found.gradients).map(async ([name, one]) => [name, await numbers(one)] as const)),
  );
  const wrong: string[] = [];
  for (const [name, host] of measures ? Object.entries(at) : []) {
    const near = async (i: number, by: number): Promise<number> => {
      const moved = { ...host, data: Float64Array.from(host.data, (v, j) => (i === j ? v + by : v)) };
      return (await (await value({ ...at, [name]: moved } as never, rest as never)).read())[0] ?? NaN;
    };
    for (const [i, slope] of entryOf(gradients, name).entries()) {
      if (Number.isNaN(host.data[i])) continue;
      const measured = ((await near(i, 1e-5)) - (await near(i, -1e-5))) / 2e-5;
      if (!(Math.abs(measured - slope) <= 1e-7 * Math.max(1, Math.abs(slope)))) wrong.push(`${name} ${i}: ${slope} for ${measured}`);
    }
  }
  const moved = Object.fromEntries(
    await Promise.all(Object.entries(found.moved).map(async ([name, one]) => [name, await numbers(one)] as const)),
  );
  return { moved, shape: found.y.shape, y: await numbers(found.y), mask: found.mask && (await numbers(found.mask)), gradients, wrong };
}

interface Read {
  readonly shape: readonly number[];
  read(): Promise<ArrayLike<number> & Iterable<number>>;
}

/** Unequal numbers, so that no two places can be mistaken for each other. */
export function ramp(...shape: readonly number[]): HostArray {
  return f64(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 7 + 1)),
  );
}

export function f64(shape: readonly number[], values: readonly number[]): HostArray {
  return { dtype: "f64", shape, data: Float64Array.from(values) };
}

/** `x` with `value` at the steps that do not count. */
export function filledAt(x: HostArray, mask: HostArray, value: number): HostArray {
  const width = x.data.length / mask.data.length;
  return { ...x, data: Float64Array.from(x.data, (v, i) => (mask.data[Math.floor(i / width)] === 0 ? value : v)) };
}
