// A net on a backend: what is made of weights alone is made once, and each run reads it.
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
  type Values,
  zeros,
} from "@sluice/core";
import { checkBackend, meant, options as named, record, show } from "@sluice/core/arguments";
import type { OnnxNet, OnnxSpec } from "./fromOnnx.ts";
import { gathering, given } from "./staging.ts";

export interface CompileOnnxOptions {
  /** What is carried from run to run on the backend, by input: the output that it becomes, as in { state: "stateN" }. It starts at zeros. */
  readonly carry?: Readonly<Record<string, string>> | undefined;
  /** Other numbers than the file's for its weights, such as trained ones. */
  readonly weights?: Readonly<Record<string, HostArray>> | undefined;
}

/** Numbers for an input: a typed array of the plan's size is taken in the plan's shape, lists and host arrays in their own. */
export type OnnxValues = Values | HostArray;

/** A compiled net. Calls take effect in their order. */
export interface CompiledOnnx extends Disposable {
  /**
   * The outputs by name, without those that are carried; the caller's own. Shapes that were not seen before are compiled, and 16 stay compiled.
   * Throws INVALID_ARGUMENT for inputs that are missing or unknown, SHAPE_MISMATCH for others than the file takes, DISPOSED.
   */
  (inputs: Readonly<Record<string, OnnxValues>>): Promise<Readonly<Record<string, HostArray>>>;
  /** What is carried starts at zeros again. */
  reset(): void;
  /** Frees what it holds on the backend, after the calls before it. A second call does nothing. */
  dispose(): void;
}

/**
 * `net` on `backend`, with its weights and at the shapes of its plan; the backend stays the caller's.
 *
 * Throws INVALID_ARGUMENT for a carried input or output that there is not, and what the backend throws; then nothing is held.
 */
export async function compileOnnx(backend: Backend, net: OnnxNet, options: CompileOnnxOptions = {}): Promise<CompiledOnnx> {
  checkBackend("compileOnnx", backend);
  const { carry = {}, weights = net.weights } = named<CompileOnnxOptions>("compileOnnx", options, { carry: true, weights: true });
  checkCarry(net, record("compileOnnx", carry, "carry"));
  const compiled = new CompiledNet({ backend, net, carry: new Map(Object.entries(carry)), weights });
  try {
    await compiled.bound(net.inputs);
  } catch (error) {
    compiled.dispose();
    throw error;
  }
  return Object.assign((inputs: Readonly<Record<string, OnnxValues>>) => compiled.run(inputs), {
    reset: () => compiled.reset(),
    dispose: () => compiled.dispose(),
    [Symbol.dispose]: () => compiled.dispose(),
  });
}

type Specs = Readonly<Record<string, OnnxSpec>>;
type Tensors = Readonly<Record<string, Tensor>>;
type Arrays = Readonly<Record<string, NDArray>>;

interface Parts {
  readonly backend: Backend;
  readonly net: OnnxNet;
  readonly carry: ReadonlyMap<string, string>;
  readonly weights: Readonly<Record<string, HostArray>>;
}

/** One combination of shapes, bound to arrays of its own. */
interface Bound {
  readonly inputs: Arrays;
  readonly prepared: readonly NDArray[];
  readonly binding: Binding<Tensors>;
}

/** Shapes that stay compiled. */
const mostShapes = 16;

class CompiledNet {
  readonly #parts: Parts;
  readonly #carried: Arrays;
  readonly #bounds = new Map<string, Promise<Bound>>();
  /** What was called before: each call waits for it. */
  #last: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  constructor(parts: Parts) {
    const { backend, net, carry } = parts;
    this.#parts = parts;
    this.#carried = allOrNothing((keep) =>
      Object.fromEntries(
        [...carry.keys()].map((name) => [name, keep(zeros(backend, net.inputs[name]!.shape, { dtype: net.inputs[name]!.dtype }))]),
      ),
    ); // names that were checked
  }

  async run(values: Readonly<Record<string, OnnxValues>>): Promise<Readonly<Record<string, HostArray>>> {
    if (!this.#isOpen)
      throw new SluiceError({ code: "DISPOSED", who: "onnx", what: "the compiled net was disposed of", fix: "Compile it again" });
    const inputs = inputsOf(this.#parts, values);
    const outputs = await this.#next(async () => {
      const { inputs: arrays, binding } = await this.bound({ ...inputs, ...this.#carried });
      for (const [name, { data }] of Object.entries(inputs)) arrays[name]!.write(data); // an array for each
      binding.run();
      return Object.entries(binding.outputs as Arrays).map(([name, x]) => [name, x, x.read()] as const); // of a record of tensors; the next run may follow
    });
    const read = outputs.map(async ([name, { dtype, shape }, data]) => [name, { dtype, shape, data: await data }] as const);
    return Object.fromEntries(await Promise.all(read));
  }

  reset(): void {
    if (!this.#isOpen) return;
    void this.#next(async () => {
      for (const x of Object.values(this.#carried)) x.write(zeroed(x));
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
      for (const x of Object.values(this.#carried)) x.dispose();
    });
  }

  bound(specs: Specs): Promise<Bound> {
    const { net } = this.#parts,
      ordered = Object.keys(net.inputs).map((name) => [name, { shape: specs[name]!.shape, dtype: specs[name]!.dtype }] as const), // all are there
      key = JSON.stringify(ordered);
    const before = this.#bounds.get(key);
    if (before !== undefined) return before;
    const made = bind(this.#parts, Object.fromEntries(ordered), this.#carried);
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

async function bind({ backend, net, carry, weights }: Parts, specs: Specs, carried: Arrays): Promise<Bound> {
  const prepared = await prepare({ backend, net, carry, weights }, specs);
  const own: NDArray[] = [];
  const run = (early: readonly Tensor[], inputs: Tensors): Tensors => {
    const outputs = net.staged(
        mapped(net.weights, ({ shape, dtype }) => constant(0, shape, dtype)),
        inputs,
        given(early),
      ),
      kept = new Set(carry.values());
    for (const [input, output] of carry) assign(inputs[input]!, outputs[output]!); // names that were checked
    return Object.fromEntries(Object.entries(outputs).filter(([name]) => !kept.has(name)));
  };
  const compiled = compile(backend, run, { name: "onnx" });
  try {
    const inputs = mapped(specs, ({ shape, dtype }, name) => carried[name] ?? keep(zeros(backend, shape, { dtype, name })));
    return { inputs, prepared, binding: await compiled.bind(prepared, inputs) };
  } catch (error) {
    for (const x of [...own, ...prepared]) x.dispose();
    throw error;
  } finally {
    compiled.dispose();
  }

  function keep(x: NDArray): NDArray {
    own.push(x);
    return x;
  }
}

/** What is made of weights alone, on the backend. */
async function prepare({ backend, net, weights }: Parts, specs: Specs): Promise<readonly NDArray[]> {
  const compiled = compile(
    backend,
    (tensors: Tensors) => {
      const made: Tensor[] = [];
      net.staged(
        tensors,
        mapped(specs, ({ shape, dtype }) => constant(0, shape, dtype)),
        gathering(made),
      );
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

function release({ inputs, prepared, binding }: Bound): void {
  binding.dispose();
  for (const x of [...Object.values(inputs), ...prepared]) x.dispose();
}

/** In the dtypes of the net. Throws INVALID_ARGUMENT for inputs that are missing or unknown. */
function inputsOf({ net, carry }: Parts, values: Readonly<Record<string, OnnxValues>>): Readonly<Record<string, HostArray>> {
  const wanted = Object.keys(net.inputs).filter((name) => !carry.has(name));
  record("onnx", values, "inputs");
  for (const name of Object.keys(values)) if (!wanted.includes(name)) throw unknown("input", name, wanted);
  const entries = wanted.map((name) => {
    if (!Object.hasOwn(values, name)) throw new SluiceError({ code: "INVALID_ARGUMENT", who: "onnx", what: `the input ${show(name)} is missing`, fix: `It takes ${wanted.join(", ")}`, facts: { input: name } }); // prettier-ignore
    const { shape, dtype } = net.inputs[name]!,
      value = values[name]!; // as just seen
    const isHost = typeof value === "object" && "data" in value && "shape" in value,
      isPlanned = ArrayBuffer.isView(value) && (value as TypedArray).length === shape.reduce((n, m) => n * m, 1); // any kind has a length
    const array = isHost
      ? hostArray(value.data, { shape: value.shape, dtype })
      : hostArray(value, isPlanned ? { shape, dtype } : { dtype });
    return [name, array] as const;
  });
  return Object.fromEntries(entries);
}

function checkCarry({ inputs, outputs }: OnnxNet, carry: Readonly<Record<string, string>>): void {
  for (const [input, output] of Object.entries(carry)) {
    const [from, to] = [inputs[input], outputs[output]];
    if (from === undefined || !Object.hasOwn(inputs, input)) throw unknown("input", input, Object.keys(inputs));
    if (to === undefined || !Object.hasOwn(outputs, output)) throw unknown("output", output, Object.keys(outputs));
    if (String(from.shape) === String(to.shape) && from.dtype === to.dtype) continue;
    const what = `the input ${input} is [${from.shape.join(", ")}] ${from.dtype}, the output ${output} [${to.shape.join(", ")}] ${to.dtype}`;
    throw new SluiceError({ code: "SHAPE_MISMATCH", who: "compileOnnx", what, fix: "Carry values of one shape", facts: { input, output } });
  }
}

function unknown(what: string, name: string, all: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "onnx",
    what: `there is no ${what} ${show(name)}`,
    fix: meant(name, all),
    facts: { [what]: name },
  });
}

function zeroed({ dtype, size }: NDArray): TypedArray {
  return hostArray(new Array<number>(size).fill(0), { dtype }).data;
}

function mapped<T, R>(of: Readonly<Record<string, T>>, each: (value: T, name: string) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, each(value, name)]));
}
