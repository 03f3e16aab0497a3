// A net on a backend: what is made of weights alone is made once, and each run reads it.
import { type Backend, type HostArray, hostArray, type Shape, SluiceError, type TypedArray, type Values } from "@sluice/core";
import { entry } from "../read/there.ts";
import { checkBackend, meant, options as named, record, show } from "@sluice/core/arguments";
import { CompiledNet } from "./compiledNet.ts";
import type { OnnxNet, OnnxSpec } from "./fromOnnx.ts";
import { tracedNet } from "./tracedNet.ts";

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
  tracedNet("compileOnnx", net);
  const { carry = {}, weights = net.weights } = named<CompileOnnxOptions>("compileOnnx", options, { carry: true, weights: true });
  checkCarry(net, record("compileOnnx", carry, "carry"));
  record("compileOnnx", weights, "weights");
  const compiled = new CompiledNet({ backend, net, carry: new Map(Object.entries(carry)), weights });
  await compiled.open(net.inputs);
  return callable(compiled, (inputs) => inputsOf(net.inputs, inputs, Object.keys(carry)));
}

/** Calls that read their numbers at once, and throw what is wrong with them by rejecting. */
export function callable(
  compiled: CompiledNet,
  read: (inputs: Readonly<Record<string, OnnxValues>>) => Readonly<Record<string, HostArray>>,
): CompiledOnnx {
  return Object.assign(async (inputs: Readonly<Record<string, OnnxValues>>) => compiled.run(read(inputs)), {
    reset: () => compiled.reset(),
    dispose: () => compiled.dispose(),
    [Symbol.dispose]: () => compiled.dispose(),
  });
}

/** In the dtypes of the net. Throws INVALID_ARGUMENT for inputs that are missing or unknown. */
export function inputsOf(
  specs: Readonly<Record<string, OnnxSpec>>,
  values: Readonly<Record<string, OnnxValues>>,
  carried: readonly string[],
): Readonly<Record<string, HostArray>> {
  const wanted = Object.keys(specs).filter((name) => !carried.includes(name));
  record("onnx", values, "inputs");
  for (const name of Object.keys(values)) if (!wanted.includes(name)) throw unknown("input", name, wanted);
  const entries = wanted.map((name) => {
    if (!Object.hasOwn(values, name)) throw new SluiceError({ code: "INVALID_ARGUMENT", who: "onnx", what: `the input ${show(name)} is missing`, fix: `It takes ${wanted.join(", ")}`, facts: { input: name } }); // prettier-ignore
    const { shape, dtype } = entry(specs, name),
      value = entry(values, name); // as just seen
    const isHost = typeof value === "object" && "data" in value && "shape" in value,
      isPlanned = ArrayBuffer.isView(value) && (value as TypedArray).length === shape.reduce((n, m) => n * m, 1); // any kind has a length
    const array = isHost
      ? hostArray(value.data, { shape: value.shape, dtype })
      : hostArray(value, isPlanned ? { shape, dtype } : { dtype });
    if (!isHost && array.shape.length === 1 && shape.length !== 1) throw flat(name, shape, array.data.length);
    return [name, array] as const;
  });
  return Object.fromEntries(entries);
}

function flat(input: string, shape: Shape, length: number): SluiceError {
  const what = `the input ${show(input)} is planned as [${shape.join(", ")}], and ${length} numbers in a row have no shape of their own`,
    fix = `Pass hostArray(data, { shape: [${shape.map(() => "…").join(", ")}] }), or nested lists`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: "onnx", what, fix, facts: { input, shape, length } });
}

export function checkCarry({ inputs, outputs }: Pick<OnnxNet, "inputs" | "outputs">, carry: Readonly<Record<string, string>>): void {
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
