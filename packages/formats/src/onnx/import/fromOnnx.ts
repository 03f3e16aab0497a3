// A file as a function of tensors, with its weights: the plan is made once, at the shapes named, and checked whole before anything runs.
import { constant, type DType, type HostArray, type Shape, SluiceError, Tensor, trace, type Weight } from "@sluice/core";
import { meant, refused, show } from "@sluice/core/arguments";
import { bytesOf } from "@sluice/nn/kit";
import { unsupported, type UnsupportedPart } from "../read/failures.ts";
import { modelOf } from "../read/graph.ts";
import type { Model } from "../read/model.ts";
import { entry, nth } from "../read/there.ts";
import { readModel } from "../schema/model.ts";
import { dtypeOf, heldValue, isFloat, type Known, shapeOf, traced, type Value } from "../values/value.ts";
import { Stored, type StoredTensor } from "./constants.ts";
import { type OnnxSummary, summaryOf } from "./inspect.ts";
import { checkedOptions, type Given, type OnnxOptions, planned } from "./options.ts";
import { runModel } from "./runner.ts";
import { whole } from "./staging.ts";
import { remember, TracedNet } from "./tracedNet.ts";
import { mayTrain, rolesIn } from "./weights.ts";

/** What an input or output is at the shapes of the plan. */
export interface OnnxSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface OnnxNet {
  /** What stands in the file. */
  readonly summary: OnnxSummary;
  /** By name, without those that were given as constants. */
  readonly inputs: Readonly<Record<string, OnnxSpec>>;
  readonly outputs: Readonly<Record<string, OnnxSpec>>;
  /** The numbers of what trains, by the names of the file. */
  readonly weights: Readonly<Record<string, HostArray>>;
  /** The same as declarations, for `learn`: `init` is never drawn where `setWeights(net.weights)` follows. */
  readonly declared: Readonly<Record<string, Weight>>;
  /** What is doubtful in the file. */
  readonly warnings: readonly string[];
  /**
   * Traced: the outputs by name. The shapes of the inputs may be others than the plan's, where the file leaves axes open.
   * Throws INVALID_ARGUMENT for weights or inputs that are missing or unknown, SHAPE_MISMATCH and DTYPE_MISMATCH for others.
   */
  apply(weights: Readonly<Record<string, Tensor>>, inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
  /** One output of `apply`: the first of the file, or that of this name. Throws as it does, and INVALID_ARGUMENT for a name that there is not. */
  output(weights: Readonly<Record<string, Tensor>>, inputs: Readonly<Record<string, Tensor>>, name?: string): Tensor;
}

/**
 * An ONNX file as a traced function: it runs on every backend, has gradients, and its weights train further.
 *
 * Shapes are concrete: give `dims` or `inputs` where the file leaves axes open. Everything that follows from shapes and constants (conditions, lengths,
 * tables) is worked out here. Whole numbers are computed in 32 bits, floats of 16 bits in 32.
 * Throws FILE_CORRUPT and FILE_FOREIGN; INVALID_ARGUMENT for options that do not fit the file; UNSUPPORTED with the whole list in `facts.unsupported`.
 *
 * ```ts
 * const net = fromOnnx(bytes, { dims: { batch: 1 } });
 * const run = await compileOnnx(backend, net);
 * const { output } = await run({ input: Float32Array.of(1, 2, 3) });
 * ```
 */
export function fromOnnx(bytes: ArrayBufferView | ArrayBufferLike, given: OnnxOptions = {}): OnnxNet {
  const file: unknown = bytes;
  if (typeof file === "string")
    throw refused("fromOnnx", "bytes", file, "the bytes of a file, not its path", [], "Read it first: fromOnnx(await readFile(path))");
  const options = checkedOptions(given),
    model = modelOf(readModel(bytesOf(bytes, "fromOnnx"))),
    summary = summaryOf(model),
    warnings = options.linearBeforeReset === undefined ? summary.warnings : [];
  const plan = planned(model, options),
    stored = new Stored(model, options.external),
    { names, outputs } = weightsOf(model, stored, plan, options);
  for (const warning of warnings) console.warn(`onnx: ${warning}`);
  const made = new TracedNet({ model, stored, plan, names, resetAfter: options.linearBeforeReset });
  const arrays = [...names].map(
    ([name, { value }]) => [name, { dtype: dtypeOf(value.type), shape: value.shape, data: value.data }] as const,
  );
  const axes = (shape: Shape): Record<string, number> => Object.fromEntries(shape.map((n, axis) => [`axis${axis}`, n]));
  const net: OnnxNet = {
    summary,
    inputs: Object.fromEntries(plan.inputs.map(({ name, shape, type }) => [name, { shape, dtype: dtypeOf(type) }])),
    outputs,
    weights: Object.fromEntries(arrays),
    declared: Object.fromEntries(arrays.map(([name, { shape }]) => [name, { axes: axes(shape), init: "zeros" } as const])),
    warnings,
    apply: (weights, inputs) => made.run(weights, inputs, { staging: whole }),
    output(weights, inputs, name = summary.outputs[0]?.name ?? "") {
      if (!Object.hasOwn(outputs, name)) throw refused("onnx.output", "name", name, "the name of an output", Object.keys(outputs));
      return entry(made.run(weights, inputs, { staging: whole }), name);
    },
  };
  remember(net, made);
  return net;
}

interface Found {
  readonly names: ReadonlyMap<string, StoredTensor>;
  readonly outputs: Readonly<Record<string, OnnxSpec>>;
}

/** A first run, at the shapes of the plan: it finds what is not supported, and which floats are read as what may train. */
function weightsOf(model: Model, stored: Stored, plan: Given, options: OnnxOptions): Found {
  const findings: UnsupportedPart[] = [],
    roles = rolesIn(model),
    chosen = options.weights && new Set(options.weights),
    read = new Map<string, StoredTensor>(),
    fixed = new Set<string>(),
    candidates = new Map<Value, StoredTensor>(),
    values = new Map<StoredTensor, Value>(),
    seen = new Set<string>();
  const valueOf = (tensor: StoredTensor): Value => {
    const value = values.get(tensor) ?? valueOnce(tensor);
    values.set(tensor, value);
    return value;
  };
  const valueOnce = (tensor: StoredTensor): Value => {
    const { name, value } = tensor,
      trains = chosen === undefined ? mayTrain(tensor, roles) : chosen.has(name) && isFloat(value.type);
    seen.add(name);
    if (!trains) return heldValue(value);
    const made = traced(value.type, constant(0, value.shape, dtypeOf(value.type)), true);
    candidates.set(made, tensor);
    return made;
  };
  const numbersOf = (value: Value): Known | undefined => {
    const found = candidates.get(value);
    if (found !== undefined) fixed.add(found.name);
    return found?.value;
  };
  const onRead = (value: Value): void => {
    const found = candidates.get(value);
    if (found !== undefined) read.set(found.name, found);
  };
  const specs = plan.inputs.map(({ shape, type }) => ({ shape, dtype: dtypeOf(type) }));
  const { result } = trace(
    "onnx",
    (inputs: readonly Tensor[]) => {
      const all = new Map<string, Value>([
        ...plan.constants,
        ...plan.inputs.map(({ name, type }, i) => [name, traced(type, nth(inputs, i))] as const),
      ]);
      const outputs = runModel(
        { model, stored, staging: whole, valueOf, numbersOf, onRead, findings, resetAfter: options.linearBeforeReset },
        all,
      );
      if (findings.length > 0) throw unsupported(findings);
      return outputs.map((value) => value && { shape: shapeOf(value), dtype: dtypeOf(value.type) });
    },
    [specs],
  );
  for (const name of chosen ?? []) if (!read.has(name)) throw unknownWeight(name, [...seen]);
  const outputs = result as readonly OnnxSpec[]; // as was just made
  return {
    names: new Map([...read].filter(([name]) => !fixed.has(name))),
    outputs: Object.fromEntries(model.graph.outputs.map(({ name }, i) => [name, nth(outputs, i)])),
  };
}

function unknownWeight(name: string, all: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "fromOnnx",
    what: `no float of the file that is read is called ${show(name)}`,
    fix: meant(name, all),
    facts: { weight: name },
  });
}
