// A file as a function of tensors, with its weights: the plan is made once, at the shapes named, and checked whole before anything runs.
import { constant, type DType, type HostArray, type Shape, SluiceError, Tensor, trace, type Weight } from "@sluice/core";
import { meant, record, show } from "@sluice/core/arguments";
import { bytesOf } from "../read/bytes.ts";
import { unsupported, type UnsupportedPart } from "../read/failures.ts";
import { modelOf } from "../read/graph.ts";
import type { Model } from "../read/model.ts";
import { readModel } from "../schema/model.ts";
import { dtypeOf, type Known, shapeOf, tensorOf, traced, type Value } from "../values/value.ts";
import { Stored, type StoredTensor } from "./constants.ts";
import { type OnnxSummary, summaryOf } from "./inspect.ts";
import { checkedOptions, checkFits, type Given, type OnnxOptions, planned } from "./options.ts";
import { runModel } from "./runner.ts";
import { type Staging, whole } from "./staging.ts";
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
  /** The same in two steps, for `compileOnnx`: what is made of weights alone, and the rest. */
  staged(
    weights: Readonly<Record<string, Tensor>>,
    inputs: Readonly<Record<string, Tensor>>,
    staging: Staging,
  ): Readonly<Record<string, Tensor>>;
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
  const options = checkedOptions(given),
    model = modelOf(readModel(bytesOf(bytes))),
    summary = summaryOf(model),
    warnings = options.linearBeforeReset === undefined ? summary.warnings : [];
  const plan = planned(model, options),
    stored = new Stored(model, options.external),
    { names, outputs } = weightsOf(model, stored, plan, options);
  for (const warning of warnings) console.warn(`onnx: ${warning}`);
  const net = new TracedNet(model, stored, plan, names, options.linearBeforeReset);
  const arrays = [...names].map(
    ([name, { value }]) => [name, { dtype: dtypeOf(value.type), shape: value.shape, data: value.data }] as const,
  );
  const axes = (shape: Shape): Record<string, number> => Object.fromEntries(shape.map((n, axis) => [`axis${axis}`, n]));
  return {
    summary,
    inputs: Object.fromEntries(plan.inputs.map(({ name, shape, type }) => [name, { shape, dtype: dtypeOf(type) }])),
    outputs,
    weights: Object.fromEntries(arrays),
    declared: Object.fromEntries(arrays.map(([name, { shape }]) => [name, { axes: axes(shape), init: "zeros" } as const])),
    warnings,
    apply: (weights, inputs) => net.run(weights, inputs, whole),
    staged: (weights, inputs, staging) => net.run(weights, inputs, staging),
  };
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
    seen.add(tensor.name);
    const trains = chosen === undefined ? mayTrain(tensor, roles) : chosen.has(tensor.name);
    if (!trains) return tensor.value;
    const value = values.get(tensor) ?? traced(tensor.value.type, constant(0, tensor.value.shape, dtypeOf(tensor.value.type)), true);
    values.set(tensor, value);
    candidates.set(value, tensor);
    return value;
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
        ...plan.inputs.map(({ name, type }, i) => [name, traced(type, inputs[i]!)] as const),
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
    outputs: Object.fromEntries(model.graph.outputs.map(({ name }, i) => [name, outputs[i]!])),
  };
}

class TracedNet {
  readonly #model: Model;
  readonly #stored: Stored;
  readonly #plan: Given;
  readonly #names: ReadonlyMap<string, StoredTensor>;
  readonly #resetAfter: boolean | undefined;

  constructor(model: Model, stored: Stored, plan: Given, names: ReadonlyMap<string, StoredTensor>, resetAfter: boolean | undefined) {
    this.#model = model;
    this.#stored = stored;
    this.#plan = plan;
    this.#names = names;
    this.#resetAfter = resetAfter;
  }

  run(
    weights: Readonly<Record<string, Tensor>>,
    inputs: Readonly<Record<string, Tensor>>,
    staging: Staging,
  ): Readonly<Record<string, Tensor>> {
    const { inputs: plans, constants } = this.#plan;
    checkNames("weights", weights, [...this.#names.keys()]);
    checkNames("inputs", inputs, plans.map(({ name }) => name)); // prettier-ignore
    const values = new Map<StoredTensor, Value>();
    const valueOf = (tensor: StoredTensor): Value => {
      if (this.#names.get(tensor.name) !== tensor) return tensor.value;
      const value = values.get(tensor) ?? traced(tensor.value.type, checkedWeight(tensor, weights[tensor.name]!), true); // as the names say
      values.set(tensor, value);
      return value;
    };
    const entries = plans.map((plan): readonly [string, Value] => {
      const x = inputs[plan.name]!; // as the names say
      checkFits(plan, x.shape, "onnx.apply");
      checkDType(`the input ${plan.name}`, dtypeOf(plan.type), x);
      return [plan.name, traced(plan.type, x)];
    });
    const options = {
      model: this.#model,
      stored: this.#stored,
      staging,
      valueOf,
      numbersOf: () => undefined,
      resetAfter: this.#resetAfter,
    };
    const outputs = runModel(options, new Map([...constants, ...entries]));
    return Object.fromEntries(this.#model.graph.outputs.map(({ name }, i) => [name, tensorOf(outputs[i]!)])); // each is known where nothing is listed
  }
}

function checkNames(what: string, given: Readonly<Record<string, Tensor>>, wanted: readonly string[]): void {
  record("onnx.apply", given, what);
  const fail = (message: string, fix: string): SluiceError =>
    new SluiceError({ code: "INVALID_ARGUMENT", who: "onnx.apply", what: message, fix, facts: { [what]: wanted } });
  for (const name of Object.keys(given)) if (!wanted.includes(name)) throw fail(`${what} has no ${show(name)}`, meant(name, wanted));
  for (const name of wanted)
    if (!(Object.hasOwn(given, name) && given[name] instanceof Tensor))
      throw fail(`${what} lacks the tensor ${show(name)}`, `It takes ${wanted.join(", ")}`);
}

function checkedWeight({ name, value }: StoredTensor, tensor: Tensor): Tensor {
  if (String(tensor.shape) !== String(value.shape))
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: "onnx.apply",
      what: `the weight "${name}" is [${value.shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
      facts: { weight: name },
    });
  checkDType(`the weight "${name}"`, dtypeOf(value.type), tensor);
  return tensor;
}

function checkDType(what: string, wanted: DType, { dtype }: Tensor): void {
  if (dtype === wanted) return;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who: "onnx.apply",
    what: `${what} is ${wanted}, got ${dtype}`,
    facts: { wanted, dtype },
  });
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
