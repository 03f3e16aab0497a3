// What the caller of an import may say.
import { type HostArray, hostArray, type Shape, SluiceError, type Values } from "@sluice/core";
import { boolean, check, checkFunction, checkShape, meant, options as named, record, refused, show, size } from "@sluice/core/arguments";
import type { Dimension, Model, ValueInfo } from "../read/model.ts";
import { entry } from "../read/there.ts";
import type { ReadExternal, TensorType } from "../schema/tensor.ts";
import { dtypeOf, type Known, known } from "../values/value.ts";

export interface OnnxOptions {
  /** Sizes by the names that the file gives to axes: { batch: 1, steps: 5 }. */
  readonly dims?: Readonly<Record<string, number>> | undefined;
  /** Shapes by input, where axes have no names or are to be others. */
  readonly inputs?: Readonly<Record<string, Shape>> | undefined;
  /** Inputs that are the same for every run, such as a sample rate: they are folded into the graph, and are inputs no more. */
  readonly constants?: Readonly<Record<string, Values>> | undefined;
  /** The names of what trains. Default: all floats of the file that are read as numbers, but for masks, statistics and states to start from. */
  readonly weights?: readonly string[] | undefined;
  /** Whether the reset gates of all GRU act after the product, whatever the file says. Default: as the file says. */
  readonly linearBeforeReset?: boolean | undefined;
  /** The bytes of tensors that lie in other files. Default: they are refused. */
  readonly external?: ReadExternal | undefined;
}

/** An input as it was planned. */
export interface InputPlan {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: Shape;
  /** As the file has them: names where sizes may differ from run to run. */
  readonly dims: readonly Dimension[];
}

export interface Given {
  readonly inputs: readonly InputPlan[];
  readonly constants: ReadonlyMap<string, Known>;
}

const names = { dims: true, inputs: true, constants: true, weights: true, linearBeforeReset: true, external: true } as const;

/** Throws INVALID_ARGUMENT for options that there are not. */
export function checkedOptions(given: OnnxOptions): OnnxOptions {
  const options = named("fromOnnx", given, names);
  for (const key of ["dims", "inputs", "constants"] as const) if (options[key] !== undefined) record("fromOnnx", options[key], key);
  for (const [name, n] of Object.entries(options.dims ?? {})) check("fromOnnx", `dims.${name}`, n, size);
  for (const [name, shape] of Object.entries(options.inputs ?? {})) checkShape("fromOnnx", `inputs.${name}`, shape);
  if (options.linearBeforeReset !== undefined) check("fromOnnx", "linearBeforeReset", options.linearBeforeReset, boolean);
  if (options.external !== undefined) checkFunction("fromOnnx", "external", options.external);
  const { weights } = options;
  if (weights !== undefined && !(Array.isArray(weights) && weights.every((name: unknown) => typeof name === "string")))
    throw refused("fromOnnx", "weights", weights, "a list of names");
  return options;
}

/** Throws INVALID_ARGUMENT where a size is not known, naming all of those; for names that there are not; and UNSUPPORTED for inputs that are no numbers. */
export function planned({ graph }: Model, { dims = {}, inputs = {}, constants = {} }: OnnxOptions): Given {
  const all = graph.inputs.map(({ name }) => name);
  for (const name of [...Object.keys(inputs), ...Object.keys(constants)]) if (!all.includes(name)) throw unknownInput(name, all);
  const symbols = new Set(graph.inputs.flatMap(({ shape }) => (shape ?? []).filter((dim) => typeof dim === "string")));
  for (const name of Object.keys(dims))
    if (!symbols.has(name)) throw invalid(`there is no axis ${show(name)}`, meant(name, [...symbols]), { dims: [...symbols] });
  const folded = new Map(
    graph.inputs
      .filter(({ name }) => Object.hasOwn(constants, name))
      .map((info) => [info.name, constantOf(info, entry(constants, info.name))]),
  ); // as `hasOwn` saw
  const missing: string[] = [];
  const plans = graph.inputs
    .filter(({ name }) => !folded.has(name))
    .map((info) => {
      const { name, shape: own } = info,
        shape = Object.hasOwn(inputs, name) ? entry(inputs, name) : (own ?? []).map((dim) => sized(dim, dims)); // as `hasOwn` saw
      if (own === undefined && !Object.hasOwn(inputs, name)) missing.push(`${name} […]`);
      else if (!shape.every((n) => n !== undefined)) missing.push(`${name} [${(own ?? []).map((dim) => dim ?? "?").join(", ")}]`);
      return { name, type: typeOf(info), shape: shape as Shape, dims: own ?? shape }; // or it is among the missing
    });
  if (missing.length === 0) return { inputs: plans.map(fitting), constants: folded };
  const fix = `Give sizes: fromOnnx(bytes, { dims: { ${[...symbols].map((name) => `${name}: 1`).join(", ") || "…"} } }), or { inputs: { name: shape } }`;
  throw invalid(`sizes are not known: ${missing.join("; ")}`, fix, { inputs: missing, dims: [...symbols] });
}

function sized(dim: Dimension, dims: Readonly<Record<string, number>>): number | undefined {
  if (typeof dim !== "string") return dim;
  return Object.hasOwn(dims, dim) ? dims[dim] : undefined;
}

/** 256 MB of f32: what a file asks for may be made up. */
const mostOfInput = 2 ** 26;

/** Throws SHAPE_MISMATCH for another shape than the file has, INVALID_ARGUMENT for more elements than are taken. */
function fitting(plan: InputPlan): InputPlan {
  checkFits(plan, plan.shape, "fromOnnx");
  const size = plan.shape.reduce((n, m) => n * m, 1);
  if (size <= mostOfInput) return plan;
  throw invalid(`the input ${plan.name} has ${size} elements`, `Up to ${mostOfInput} are taken`, { input: plan.name, shape: plan.shape });
}

export function checkFits({ name, dims }: Pick<InputPlan, "name" | "dims">, shape: Shape, who: string): void {
  if (shape.length === dims.length && dims.every((dim, axis) => typeof dim !== "number" || dim === shape[axis])) return;
  const what = `the input ${name} is [${dims.map((dim) => dim ?? "?").join(", ")}] in the file, got [${shape.join(", ")}]`;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what,
    fix: "Export the model with dynamic axes, or give that shape",
    facts: { input: name, shape },
  });
}

function typeOf({ name, type }: ValueInfo): TensorType {
  if (type !== undefined) return type;
  throw new SluiceError({
    code: "UNSUPPORTED",
    who: "onnx",
    what: `the input "${name}" is no tensor of numbers`,
    fix: "Inputs may be floats, whole numbers and booleans",
    facts: { input: name },
  });
}

function constantOf(info: ValueInfo, values: Values): Known {
  const { data, shape }: HostArray = hostArray(values);
  const type = typeOf(info);
  if (info.shape !== undefined) checkFits({ name: info.name, dims: info.shape }, shape, "fromOnnx");
  return known(type, shape, dtypeOf(type) === "i32" ? data.map(Math.trunc) : data);
}

function unknownInput(name: string, all: readonly string[]): SluiceError {
  return invalid(`there is no input ${show(name)}`, meant(name, all), { inputs: all });
}

function invalid(what: string, fix: string, facts: Readonly<Record<string, unknown>>): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "fromOnnx", what, fix, facts });
}
