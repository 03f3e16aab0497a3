// A net that goes on step by step: what its recurrent nodes keep stays on the backend. Whether it is one that can, a rehearsal finds out.
import { type Backend, constant, type HostArray, hostArray, type Shape, SluiceError, trace } from "@sluice/core";
import { entry, nth } from "../read/there.ts";
import { checkBackend, meant, options as named, record, refused, show } from "@sluice/core/arguments";
import { CompiledNet } from "./compiledNet.ts";
import { callable, checkCarry, type CompiledOnnx, compileOnnx, inputsOf } from "./compileOnnx.ts";
import type { OnnxNet, OnnxSpec } from "./fromOnnx.ts";
import { whole } from "./staging.ts";
import { tracedNet, type Tensors } from "./tracedNet.ts";

export interface StreamOnnxOptions {
  /** The axis of the steps: the name that the file gives it, or its place in each input that has it, as in { x: 1 }. */
  readonly steps: string | Readonly<Record<string, number>>;
  /** States that the file has as an input and an output: { h: "hn" }. They start at zeros. Default none. */
  readonly carry?: Readonly<Record<string, string>> | undefined;
  /** Other numbers than the file's for its weights. */
  readonly weights?: Readonly<Record<string, HostArray>> | undefined;
}

type Specs = Readonly<Record<string, OnnxSpec>>;

/**
 * `net` one step at a time: each call takes inputs with 1 on the axis of the steps, and gives what a run over all steps until then would for the last one.
 * The states of its LSTM, GRU and RNN stay on the backend; `reset` starts a new sequence.
 *
 * Other nodes must not look at other steps: before it returns, five steps of made-up numbers run both ways, and must give the same to 1e-4.
 * Throws UNSUPPORTED where they do not, and for nodes that read from the end or are told lengths; SHAPE_MISMATCH where the file takes no single step;
 * INVALID_ARGUMENT for an axis that there is not.
 */
export async function streamOnnx(backend: Backend, net: OnnxNet, options: StreamOnnxOptions): Promise<CompiledOnnx> {
  checkBackend("streamOnnx", backend);
  tracedNet("streamOnnx", net);
  const given = named<StreamOnnxOptions>("streamOnnx", options, { steps: true, carry: true, weights: true }),
    { steps, carry = {}, weights = net.weights } = given,
    axes = axesOf(net, steps),
    one = specsAt(net.inputs, axes, 1);
  record("streamOnnx", weights, "weights");
  checkCarry({ inputs: one, outputs: net.outputs }, record("streamOnnx", carry, "carry"));
  const compiled = new CompiledNet({ backend, net, carry: new Map(Object.entries(carry)), weights, memory: memoryOf(net, one) }),
    specs = specsAt(net.inputs, axes, rehearsed);
  await compiled.open(one);
  try {
    await rehearse(compiled, await compileOnnx(backend, net, { weights }), { specs, axes, carried: Object.keys(carry) });
  } catch (error) {
    compiled.dispose();
    throw error;
  }
  compiled.reset();
  return callable(compiled, (inputs) => inputsOf(one, inputs, Object.keys(carry)));
}

/** By input, the axis of the steps. */
function axesOf(net: OnnxNet, steps: string | Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  if (typeof steps === "string") {
    const open = net.summary.inputs.filter(({ name }) => Object.hasOwn(net.inputs, name)),
      symbols = open.flatMap(({ shape = [] }) => shape.filter((dim) => typeof dim === "string"));
    if (!symbols.includes(steps))
      throw refused("streamOnnx", "steps", steps, "the name of an axis of the file", [], meant(steps, [...new Set(symbols)]));
    return new Map(open.filter(({ shape = [] }) => shape.includes(steps)).map(({ name, shape = [] }) => [name, shape.indexOf(steps)]));
  }
  const entries = Object.entries(typeof steps === "object" && (steps as unknown) !== null ? steps : {});
  for (const [name, axis] of entries)
    if (!Object.hasOwn(net.inputs, name) || entry(net.inputs, name).shape[axis] === undefined)
      throw refused("streamOnnx", `steps.${name}`, axis, "an axis of an input of the net", Object.keys(net.inputs));
  if (entries.length === 0) throw refused("streamOnnx", "steps", steps, "the name of an axis, or the axis of each input that has steps");
  return new Map(entries);
}

function specsAt(inputs: Specs, axes: ReadonlyMap<string, number>, n: number): Specs {
  const at = (shape: Shape, axis: number | undefined): Shape => (axis === undefined ? shape : shape.with(axis, n));
  return Object.fromEntries(Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape: at(shape, axes.get(name)), dtype }]));
}

/** What its recurrent nodes keep, in order. Throws UNSUPPORTED. */
function memoryOf(net: OnnxNet, specs: Specs): readonly OnnxSpec[] {
  const kept: OnnxSpec[] = [],
    weights: Specs = net.weights;
  trace(
    "streamOnnx",
    (tensors: Tensors, inputs: Tensors) =>
      tracedNet("streamOnnx", net).run(tensors, inputs, {
        staging: whole,
        memory: {
          start: (shape, dtype) => {
            kept.push({ shape, dtype });
            return constant(0, shape, dtype);
          },
          end: () => undefined,
        },
      }),
    [Object.fromEntries(Object.entries(weights).map(([name, { shape, dtype }]) => [name, { shape, dtype }])), specs],
  );
  return kept;
}

const rehearsed = 5;

interface Rehearsal {
  readonly specs: Specs;
  readonly axes: ReadonlyMap<string, number>;
  readonly carried: readonly string[];
}

/** Throws UNSUPPORTED where step after step gives other numbers than all at once. */
async function rehearse(stepwise: CompiledNet, atOnce: CompiledOnnx, { specs, axes, carried }: Rehearsal): Promise<void> {
  using all = atOnce;
  const inputs = Object.entries(specs).map(([name, spec], k) => [name, carried.includes(name) ? zeros(spec) : madeUp(spec, k)] as const),
    wanted = await all(Object.fromEntries(inputs));
  for (let step = 0; step < rehearsed; step++) {
    const own = inputs.filter(([name]) => !carried.includes(name)).map(([name, x]) => [name, stepOf(x, axes.get(name), step)] as const),
      given = await stepwise.run(Object.fromEntries(own));
    for (const [name, y] of Object.entries(wanted)) {
      if (!Object.hasOwn(given, name)) continue; // what is carried
      const got = entry(given, name), // the same net
        axis = y.shape.findIndex((n, a) => n !== got.shape[a]);
      if (axis < 0 && step < rehearsed - 1) continue; // of the last step alone
      const due = axis < 0 ? y : stepOf(y, axis, step),
        far = due.data.findIndex((value, i) => !(Math.abs(value - nth(got.data, i)) <= 1e-4 * Math.max(1, Math.abs(value))));
      if (far >= 0) throw apart(name, step, nth(due.data, far), nth(got.data, far));
    }
  }
}

function apart(output: string, step: number, whole: number, single: number): SluiceError {
  return new SluiceError({
    code: "UNSUPPORTED",
    who: "streamOnnx",
    what: `the net does not go step by step: at step ${step + 1} the output ${show(output)} has ${single}, where all steps at once give ${whole}`,
    fix: "Some node looks at other steps, as attention, pooling and windows do: run it over whole sequences. Or it starts from a state that is an input: carry it",
    facts: { output, step },
  });
}

/** All of it where it has no axis of steps. */
function stepOf(x: HostArray, axis: number | undefined, step: number): HostArray {
  if (axis === undefined) return x;
  const { shape, dtype, data } = x;
  const n = nth(shape, axis),
    width = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return { dtype, shape: shape.with(axis, 1), data: data.filter((_, i) => Math.floor(i / width) % n === step) };
}

/** Floats within ±1 that do not repeat; whole numbers 0 and 1, which all tables have. */
function madeUp({ shape, dtype }: OnnxSpec, k: number): HostArray {
  const size = shape.reduce((n, m) => n * m, 1),
    at = (i: number): number => (dtype === "i32" ? (i * 7 + k) % 2 : Math.sin(1.7 * i + k + 0.3));
  return hostArray(Array.from({ length: size }, (_, i) => at(i)), { shape, dtype }); // prettier-ignore
}

function zeros({ shape, dtype }: OnnxSpec): HostArray {
  const size = shape.reduce((n, m) => n * m, 1);
  return hostArray(new Array<number>(size).fill(0), { shape, dtype });
}
