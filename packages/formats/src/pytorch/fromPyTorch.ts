// A state dict of PyTorch as the weights of a model.
import { isWeight, mapTree, type HostArray, type Shape } from "@sluice/core";
import { check, options as named, refused, text, type Names as OptionNames } from "@sluice/core/arguments";
import type { ByName, Model, Names } from "@sluice/nn";
import { samplesOf, type AnyModel } from "@sluice/nn/kit";
import { zeros } from "./arrays.ts";
import { prefixOf, type Named, type Part } from "./part.ts";
import { checkPlaces, placeOf, type Placed, type Places } from "./places.ts";
import { compared, refuse, takenTwice, unknownLayers } from "./problems.ts";
import { slotsOf } from "./slots.ts";
import { below, stateOf, type State, type StateDict } from "./stateDict.ts";

export interface FromPyTorchOptions<I extends Names = null, W = unknown> {
  /** The module of each layer; one that is left out goes by its own name. */
  readonly layers?: Places<W>;
  /** What the names of all modules begin with, without the last dot: "model", "module". The names in `layers` are those below it. Default nothing. */
  readonly prefix?: string;
  /** Tensors that no layer is to take: names, or what their names match. Default none: every tensor is taken. */
  readonly ignore?: readonly (string | RegExp)[];
  /** One sample's, where the model says none. */
  readonly shape?: ByName<I, Shape>;
}

/**
 * The model, starting from the weights of a PyTorch state dict: it predicts, streams and trains further.
 *
 * Layers are matched by `layers`, or where it leaves one out by the layer's own name, never by shape. Each tensor is read when it is needed, of one module at
 * a time; weights are the caller's. Epsilons, momenta, paddings and the number of heads are no part of a state dict: the model is to be made with PyTorch's.
 *
 * Throws, before anything is read and with everything that is wrong, in the message, which may be cut, and whole in `facts` (`unsupported`, `unplaced`, `missing`, `surplus`, `misfits`):
 * UNSUPPORTED for layers with options that the module does not have, INVALID_ARGUMENT for layers without a module, tensors that are missing, surplus or taken
 * twice, SHAPE_MISMATCH for tensors of another shape or of whole numbers. INVALID_ARGUMENT too where no sample's shape is known, NOT_FINITE for NaN and ±∞,
 * FILE_FOREIGN for the bytes of torch.save, and what reading throws.
 *
 * ```ts
 * const tagger = sequential([embedding({ … }), bidirectional(lstm({ units: 64, returnSequences: true })), dense({ units: 9 })]);
 * const trained = await fromPyTorch(tagger, await openSafetensors(bytes), { layers: { bidirectional: "rnn", dense: "head" }, shape: [20] });
 * ```
 */
export async function fromPyTorch<I extends Names, O extends Names, W, N extends string>(
  model: Model<I, O, W, N>,
  stateDict: StateDict,
  options: FromPyTorchOptions<I, W> = {},
): Promise<Model<I, O, W, N>> {
  const who = "fromPyTorch";
  const { layers = {}, prefix = "", ignore = [], shape } = named<FromPyTorchOptions<I, W>>(who, options, names);
  check(who, "prefix", prefix, text);
  checkPlaces(who, layers);
  const isIgnored = ignoring(who, ignore),
    all = stateOf(who, stateDict),
    state = below(all, prefix),
    whole = (name: string): string => prefixOf(prefix) + name,
    any = model as unknown as AnyModel; // of its own names
  if (typeof model !== "function" || !("graph" in model)) throw refused(who, "the model", model, "a model, such as sequential([…])");
  const built = any.build(shape === undefined ? samplesOf(who, any, undefined) : any.sample(shape as ByName<Names, Shape>)), // likewise
    slots = slotsOf(any, built);
  const placed = slots.map((slot) => placeOf(slot, layers, state.has));
  const { unplaced, missing, surplus, misfits } = compared(placed, state, (name) => isIgnored(whole(name)));
  const beside = all.names.filter((name) => !name.startsWith(whole("")) && !isIgnored(name));
  refuse(
    who,
    {
      unsupported: [...unsupported(placed), ...keysAndValues(placed, state)],
      unplaced: [...unknownLayers(layers, slots), ...unplaced, ...takenTwice(placed)],
      ...{ missing: missing.map(whole), surplus: [...surplus.map(whole), ...beside], misfits: misfits.map(whole) },
    },
    'Say the module of each layer, as in { layers: { dense: "head.0" } }, and what to leave, as in { ignore: [/\\.pe$/] }',
  );
  const arrays = alike(await weightsOf(placed, state));
  const tree = mapTree(built.weights, isWeight, (_, path) => arrays[path]!); // each layer's were taken
  return any.withWeights(tree as never, shape as never) as unknown as Model<I, O, W, N>; // by its own names
}

const names: OptionNames<FromPyTorchOptions<null>> = { layers: true, prefix: true, ignore: true, shape: true };

/** Each layer's, with its name and module. */
export function unsupported(placed: readonly Placed[]): readonly string[] {
  return placed.flatMap(({ slot: { path }, called, reasons }) => reasons.map((reason) => `${path} (${called}): ${reason}`));
}

/** A key and a value that attention learns for itself (add_bias_kv) are none of ours. */
function keysAndValues(placed: readonly Placed[], { has }: State): readonly string[] {
  return placed.flatMap(({ slot: { path }, parts }) =>
    parts.flatMap(({ tensors }) =>
      Object.keys(tensors)
        .filter((name) => name.endsWith("out_proj.weight"))
        .map((name) => name.slice(0, -"out_proj.weight".length))
        .filter((prefix) => has(`${prefix}bias_k`) || has(`${prefix}bias_v`))
        .map((prefix) => `${path}: ${prefix}bias_k and bias_v, a key and a value that are learnt (add_bias_kv)`),
    ),
  );
}

/** By their paths in the model, a part at a time. */
async function weightsOf(placed: readonly Placed[], state: State): Promise<Named<HostArray>> {
  const found: [string, HostArray][] = [];
  for (const part of placed.flatMap(({ parts }): readonly Part[] => parts))
    if (Object.keys(part.weights).length > 0) found.push(...Object.entries(part.take(await state.read(Object.keys(part.tensors)))));
  return Object.fromEntries(found);
}

/** Where some are f64, all are: a file of ours has floating numbers of one type. */
function alike(arrays: Named<HostArray>): Named<HostArray> {
  const all = Object.entries(arrays);
  if (new Set(all.map(([, { dtype }]) => dtype)).size <= 1) return arrays;
  return Object.fromEntries(
    all.map(([path, { shape, data }]) => {
      const wide = zeros("f64", shape);
      wide.data.set(data);
      return [path, wide];
    }),
  );
}

function ignoring(who: string, ignore: unknown): (name: string) => boolean {
  if (!Array.isArray(ignore)) throw refused(who, "ignore", ignore, "a list of names and patterns");
  const each = ignore.map((one: unknown) => {
    if (typeof one === "string") return (name: string) => name === one;
    if (!isPattern(one)) throw refused(who, "ignore", one, "a list of names and patterns");
    const pattern = new RegExp(one.source, one.flags.replace(/[gy]/g, "")); // without a place of its own
    return (name: string) => pattern.test(name);
  });
  return (name) => each.some((matches) => matches(name));
}

/** Of whatever realm. */
function isPattern(value: unknown): value is RegExp {
  return Object.prototype.toString.call(value) === "[object RegExp]";
}
