// A net on a backend, bound to arrays for each combination of shapes; its runs follow one another.
import {
  allOrNothing,
  assign,
  type Backend,
  type Binding,
  compile,
  constant,
  type HostArray,
  hostArray,
  type NDArray,
  SluiceError,
  type Tensor,
  type TypedArray,
  zeros,
} from "@sluice/core";
import { entry, nth } from "../read/there.ts";
import type { Memory } from "../operators/operator.ts";
import type { OnnxNet, OnnxSpec } from "./fromOnnx.ts";
import { gathering, given } from "./staging.ts";
import { tracedNet, type Tensors } from "./tracedNet.ts";

export type Specs = Readonly<Record<string, OnnxSpec>>;
type Arrays = Readonly<Record<string, NDArray>>;

export interface Parts {
  readonly backend: Backend;
  readonly net: OnnxNet;
  /** By input, the output that it becomes. */
  readonly carry: ReadonlyMap<string, string>;
  readonly weights: Readonly<Record<string, HostArray>>;
  /** What recurrent nodes keep from step to step; undefined where whole sequences run. */
  readonly memory?: readonly OnnxSpec[] | undefined;
}

/** One combination of shapes, bound to arrays of its own. */
interface Bound {
  /** The inputs that belong to it; what is carried does not. */
  readonly own: readonly NDArray[];
  readonly inputs: Arrays;
  readonly prepared: readonly NDArray[];
  readonly binding: Binding<Tensors>;
}

/** Shapes that stay compiled. */
const mostShapes = 16;

export class CompiledNet {
  readonly #parts: Parts;
  readonly #carried: Arrays;
  readonly #memory: readonly NDArray[];
  readonly #bounds = new Map<string, Promise<Bound>>();
  /** What was called before: each call waits for it. */
  #last: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  constructor(parts: Parts) {
    const { backend, net, carry, memory = [] } = parts;
    this.#parts = parts;
    [this.#carried, this.#memory] = allOrNothing((keep) => {
      const array = ({ shape, dtype }: OnnxSpec): NDArray => keep(zeros(backend, shape, { dtype }));
      return [Object.fromEntries([...carry.keys()].map((name) => [name, array(entry(net.inputs, name))])), memory.map(array)]; // names that were checked
    });
  }

  /** Compiled for these shapes; where that throws nothing is held. */
  async open(specs: Specs): Promise<void> {
    try {
      await this.bound(specs);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  async run(inputs: Readonly<Record<string, HostArray>>): Promise<Readonly<Record<string, HostArray>>> {
    if (!this.#isOpen)
      throw new SluiceError({ code: "DISPOSED", who: "onnx", what: "the compiled net was disposed of", fix: "Compile it again" });
    const outputs = await this.#next(async () => {
      const { inputs: arrays, binding } = await this.bound({ ...inputs, ...this.#carried });
      for (const [name, { data }] of Object.entries(inputs)) entry(arrays, name).write(data); // an array for each
      binding.run();
      return Object.entries(binding.outputs as Arrays).map(([name, x]) => [name, x, x.read()] as const); // of a record of tensors; the next run may follow
    });
    const read = outputs.map(async ([name, { dtype, shape }, data]) => [name, { dtype, shape, data: await data }] as const);
    return Object.fromEntries(await Promise.all(read));
  }

  reset(): void {
    if (!this.#isOpen) return;
    void this.#next(async () => {
      for (const x of [...Object.values(this.#carried), ...this.#memory]) x.write(zeroed(x));
    });
  }

  #next<T>(call: () => Promise<T>): Promise<T> {
    const made = this.#last.then(call);
    this.#last = made.catch(() => undefined);
    return made;
  }

  /** After the calls before it. */
  dispose(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    void this.#next(async () => {
      for (const bound of this.#bounds.values()) await bound.then(release, () => undefined);
      for (const x of [...Object.values(this.#carried), ...this.#memory]) x.dispose();
    });
  }

  bound(specs: Specs): Promise<Bound> {
    const { net } = this.#parts,
      ordered = Object.keys(net.inputs).map(
        (name) => [name, { shape: entry(specs, name).shape, dtype: entry(specs, name).dtype }] as const,
      ), // all are there
      key = JSON.stringify(ordered);
    const before = this.#bounds.get(key);
    if (before !== undefined) return before;
    const made = bind(this.#parts, Object.fromEntries(ordered), { carried: this.#carried, memory: this.#memory });
    this.#bounds.set(key, made);
    made.catch(() => this.#bounds.delete(key));
    const [oldest] = this.#bounds;
    if (oldest !== undefined && this.#bounds.size > mostShapes) {
      this.#bounds.delete(oldest[0]);
      oldest[1].then(release, () => undefined);
    }
    return made;
  }
}

interface Kept {
  readonly carried: Arrays;
  readonly memory: readonly NDArray[];
}

async function bind(parts: Parts, specs: Specs, { carried, memory }: Kept): Promise<Bound> {
  const { backend } = parts,
    prepared = await prepare(parts, specs),
    compiled = compile(backend, traceRun(parts), { name: "onnx" }),
    own: NDArray[] = [];
  try {
    const inputs = mapped(specs, ({ shape, dtype }, name) => {
      if (Object.hasOwn(carried, name)) return entry(carried, name); // as was just seen
      const made = zeros(backend, shape, { dtype, name });
      own.push(made);
      return made;
    });
    return { own, inputs, prepared, binding: await compiled.bind(prepared, inputs, memory) };
  } catch (error) {
    for (const x of [...own, ...prepared]) x.dispose();
    throw error;
  } finally {
    compiled.dispose();
  }
}

/** What runs each time: it reads what was prepared, and leaves what is carried in the place of what it was. */
function traceRun({ net, carry, memory }: Parts) {
  return (early: readonly Tensor[], inputs: Tensors, states: readonly Tensor[]): Tensors => {
    let [starts, ends] = [0, 0];
    const kept: Memory = { start: () => nth(states, starts++), end: (state) => assign(nth(states, ends++), state) }; // as many as were counted
    const outputs = tracedNet("compileOnnx", net).run(placeholders(net), inputs, {
        staging: given(early),
        ...(memory !== undefined && { memory: kept }),
      }),
      hidden = new Set(carry.values());
    for (const [input, output] of carry) assign(entry(inputs, input), entry(outputs, output)); // names that were checked
    return Object.fromEntries(Object.entries(outputs).filter(([name]) => !hidden.has(name)));
  };
}

/** Tensors of the shapes of the weights, where those are not read. */
function placeholders({ weights }: OnnxNet): Tensors {
  return mapped(weights, ({ shape, dtype }) => constant(0, shape, dtype));
}

/** What is made of weights alone, on the backend. */
async function prepare({ backend, net, weights, memory }: Parts, specs: Specs): Promise<readonly NDArray[]> {
  const compiled = compile(
    backend,
    (tensors: Tensors) => {
      const made: Tensor[] = [];
      const inputs = mapped(specs, ({ shape, dtype }) => constant(0, shape, dtype));
      tracedNet("compileOnnx", net).run(tensors, inputs, { staging: gathering(made), ...(memory !== undefined && { memory: zeroMemory }) });
      return [constant(0), ...made]; // a Program gives something
    },
    { name: "onnx.weights" },
  );
  try {
    const [nothing, ...made] = await compiled(weights);
    nothing?.dispose();
    return made;
  } finally {
    compiled.dispose();
  }
}

/** Where nothing is kept yet. */
const zeroMemory: Memory = { start: (shape, dtype) => constant(0, shape, dtype), end: () => undefined };

function release({ own, prepared, binding }: Bound): void {
  binding.dispose();
  for (const x of [...own, ...prepared]) x.dispose();
}

function zeroed({ dtype, size }: NDArray): TypedArray {
  return hostArray(new Array<number>(size).fill(0), { dtype }).data;
}

function mapped<T, R>(of: Readonly<Record<string, T>>, each: (value: T, name: string) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, each(value, name)]));
}
