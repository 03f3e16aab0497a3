// A planned file, to be traced again and again: its weights as tensors, its inputs of any shape that the file leaves open.
import { type DType, SluiceError, Tensor } from "@sluice/core";
import { meant, record, refused, show } from "@sluice/core/arguments";
import type { Memory } from "../operators/operator.ts";
import type { Model } from "../read/model.ts";
import { entry, nth } from "../read/there.ts";
import { dtypeOf, heldValue, tensorOf, traced, type Value } from "../values/value.ts";
import type { Stored, StoredTensor } from "./constants.ts";
import { checkFits, type Given } from "./options.ts";
import { runModel } from "./runner.ts";
import type { Staging } from "./staging.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

interface Parts {
  readonly model: Model;
  readonly stored: Stored;
  readonly plan: Given;
  /** What trains, by name. */
  readonly names: ReadonlyMap<string, StoredTensor>;
  readonly resetAfter: boolean | undefined;
}

/** How it runs: all in one, or what is made of weights alone apart; whole sequences, or from step to step. */
export interface Way {
  readonly staging: Staging;
  readonly memory?: Memory | undefined;
}

const known = new WeakMap<object, TracedNet>();

/** So that `net`, which shows none of this, can be run in other ways. */
export function remember(net: object, made: TracedNet): void {
  known.set(net, made);
}

/** Throws INVALID_ARGUMENT for what `fromOnnx` has not made. */
export function tracedNet(who: string, net: object): TracedNet {
  const found = known.get(net);
  if (found === undefined) throw refused(who, "net", net, "what fromOnnx gives");
  return found;
}

export class TracedNet {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  run(weights: Tensors, inputs: Tensors, { staging, memory }: Way): Tensors {
    const { model, stored, names, plan, resetAfter } = this.#parts;
    checkNames("weights", weights, [...names.keys()]);
    checkNames("inputs", inputs, plan.inputs.map(({ name }) => name)); // prettier-ignore
    const values = new Map<StoredTensor, Value>();
    const valueOf = (tensor: StoredTensor): Value => {
      if (names.get(tensor.name) !== tensor) return heldValue(tensor.value);
      const value = values.get(tensor) ?? traced(tensor.value.type, checkedWeight(tensor, entry(weights, tensor.name)), true); // as the names say
      values.set(tensor, value);
      return value;
    };
    const entries = plan.inputs.map((each): readonly [string, Value] => {
      const x = entry(inputs, each.name); // as the names say
      checkFits(each, x.shape, "onnx.apply");
      checkDType(`the input ${each.name}`, dtypeOf(each.type), x);
      return [each.name, traced(each.type, x)];
    });
    const outputs = runModel(
      { model, stored, staging, memory, valueOf, numbersOf: () => undefined, resetAfter },
      new Map([...plan.constants, ...entries]),
    );
    return Object.fromEntries(model.graph.outputs.map(({ name }, i) => [name, tensorOf(nth(outputs, i))])); // each is known where nothing is listed
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
