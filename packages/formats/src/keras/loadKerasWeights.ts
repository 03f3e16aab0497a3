// The weights of a Keras model into a model that was made here.
import { check, options as optionTable, refused, type Rule } from "@sluice/core/arguments";
import type { Model } from "@sluice/nn";
import { assign, declaredAt } from "../kerasModel/assign.ts";
import { snakeCase } from "../kerasModel/names.ts";
import { kerasOrder } from "../kerasModel/order.ts";
import { type AnyModel, type GraphRecord, type LayerRecord, recordIn, recordOf } from "../kerasModel/record.ts";
import { classOf, namesWithin, sizesOf, variablesOf } from "../kerasModel/variables.ts";
import { fileBytes } from "./fileBytes.ts";
import { openVariables, type VariableStore } from "./variableStore.ts";

export interface LoadKerasWeightsOptions<I extends string | null = null> {
  /** What layers here are called in Keras, where that is another name: { encoder: "bidirectional_3" }. Of a model within "encoder.lstm". */
  readonly layers?: Readonly<Record<string, string>>;
  /** One sample's shape, where the model says none; by name where its inputs have names. */
  readonly shape?: I extends null ? readonly number[] : Readonly<Record<I & string, readonly number[]>>;
}

/**
 * The same model with the weights of a `.weights.h5` that Keras 3 saved (`model.save_weights`). A layer's are those of the layer that had its name in Keras, or that `layers` names; of the others those of its class in order, as Keras
 * itself finds them: from inputs to outputs, and of layers that stand beside each other in the order of the outputs. There names are safer.
 *
 * Throws INVALID_ARGUMENT for what is no bytes or no model, or where no shape is known; FILE_FOREIGN for what Keras 3 did not save; FILE_CORRUPT for what is damaged; SHAPE_MISMATCH with all variables that are
 * missing, too many or of another shape; NOT_FINITE for weights that are no numbers.
 *
 * ```ts
 * const model = loadKerasWeights(sequential([input({ shape: [30, 9] }), lstm({ units: 32 }), dense({ units: 1 })]), await readFile("weather.weights.h5"));
 * ```
 */
export function loadKerasWeights<I extends string | null, O extends string | null, W, N extends string>(
  model: Model<I, O, W, N>,
  bytes: ArrayBufferView | ArrayBufferLike,
  options: LoadKerasWeightsOptions<I> = {},
): Model<I, O, W, N> {
  const who = "loadKerasWeights",
    { layers = {}, shape } = optionTable<LoadKerasWeightsOptions<I>>(who, options, { layers: true, shape: true });
  const isModel = (typeof model === "function" || typeof model === "object") && (model as unknown) !== null && "graph" in model;
  if (!isModel) throw refused(who, "the model", model, "a model of @sluice/nn");
  check(who, "layers", layers, names);
  const store = openVariables(fileBytes(bytes, who), who);
  const any = model as unknown as AnyModel; // of whatever ends
  const declared = any.build(shape === undefined ? known(any, who) : any.sample(shape as never)).weights; // by its own ends
  const places = new Finding(store, layers, declared).places(recordOf(any), "layers", []);
  for (const name of Object.keys(layers)) if (!places.some(({ at }) => at.join(".") === name)) throw refused(who, "layers", name, "the name of a layer that has weights", places.map(({ at }) => at.join("."))); // prettier-ignore
  const tree = assign({
    ...{ who, places, declared, names: [...store.paths] },
    wanted: ({ path, layer }, variable) => `${path ?? `layers/${snakeCase(classOf(layer.kind))}`}/${variable.path}`,
    find: ({ path }, variable) => store.find(`${path}`, variable),
  });
  return any.withWeights(tree as never, shape as never) as unknown as Model<I, O, W, N>; // the same one
}

const names: Rule<Readonly<Record<string, string>>> = {
  expected: "a record of Keras's names by those here",
  accepts: (value): value is Readonly<Record<string, string>> =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((one) => typeof one === "string"),
};

/** What `withWeights` would take: throws as it does. */
function known(model: AnyModel, who: string): never {
  const samples =
    model.saved?.samples ??
    Object.fromEntries(
      Object.entries(model.graph.inputs).map(([name, value]) => [
        name,
        "input" in value ? value.input : model.graph.nodes.find(({ call }) => call.x === value)?.call.layer.input,
      ]),
    );
  if (Object.values(samples).includes(undefined))
    throw refused(who, "the shape", undefined, "that of one sample, as the model says none: { shape: [30, 9] }");
  return (model.ends.inputs === null ? samples["x"] : samples) as never; // by its own ends
}

interface Found {
  /** Undefined where the file has nothing for it. */
  readonly path: string | undefined;
  readonly name: string;
  readonly at: readonly string[];
  readonly layer: LayerRecord;
}

class Finding {
  readonly #store: VariableStore;
  readonly #layers: Readonly<Record<string, string>>;
  readonly #declared: unknown;

  constructor(store: VariableStore, layers: Readonly<Record<string, string>>, declared: unknown) {
    this.#store = store;
    this.#layers = layers;
    this.#declared = declared;
  }

  /** Of the layers of a model whose groups stand below `prefix`. */
  places(record: GraphRecord, prefix: string, above: readonly string[]): readonly Found[] {
    const own = namesWithin(record.layers),
      all = kerasOrder(record, "list").flatMap((i) => {
        const layer = record.layers[i],
          name = own[i] ?? "";
        return layer !== undefined && this.#hasWeights(layer, [...above, name]) ? [{ layer, name }] : [];
      });
    const free = new Map<string, string[]>(),
      taken = new Map<string, string>();
    for (const group of this.#groups(prefix)) {
      const base = group.replace(/_\d+$/, "");
      free.set(base, [...(free.get(base) ?? []), group]);
    }
    for (const { layer, name } of all) {
      const wanted = this.#layers[[...above, name].join(".")] ?? name,
        found = classesOf(layer).flatMap((one) => free.get(one) ?? []).find((group) => this.#store.layerNames.get(`${prefix}/${group}`) === wanted && ![...taken.values()].includes(group)); // prettier-ignore
      if (found !== undefined) taken.set(name, found);
    }
    const left = new Map([...free].map(([base, groups]) => [base, groups.filter((group) => ![...taken.values()].includes(group))]));
    return all.flatMap(({ layer, name }) => {
      const group = taken.get(name) ?? classesOf(layer).flatMap((one) => left.get(one)?.splice(0, 1) ?? [])[0];
      return this.#within(layer, name, group === undefined ? undefined : `${prefix}/${group}`, above);
    });
  }

  #within(layer: LayerRecord, name: string, path: string | undefined, above: readonly string[]): readonly Found[] {
    const at = [...above, name],
      { layer: inside } = layer.config as { readonly layer?: LayerRecord }; // of a wrapper
    if (layer.kind === "model" && path !== undefined) return this.places(recordIn(layer.config), `${path}/layers`, at);
    if (layer.kind === "timeDistributed" && inside?.kind === "model" && path !== undefined)
      return this.places(recordIn(inside.config), `${path}/layer/layers`, at);
    return [{ path, name: at.join("."), at, layer }];
  }

  #hasWeights(layer: LayerRecord, at: readonly string[]): boolean {
    return variablesOf(layer, sizesOf(declaredAt(this.#declared, at) ?? {})).length > 0;
  }

  /** Names of groups right below, by number. */
  #groups(prefix: string): readonly string[] {
    const found = new Set(
      [...this.#store.paths].flatMap((path) => (path.startsWith(`${prefix}/`) ? [path.slice(prefix.length + 1).split("/")[0] ?? ""] : [])),
    );
    const number = (group: string): number => Number(/_(\d+)$/.exec(group)?.[1] ?? 0);
    return [...found].sort((a, b) => number(a) - number(b));
  }
}

/** Keras's names for the class, in files. */
function classesOf({ kind }: LayerRecord): readonly string[] {
  if (kind === "model") return ["sequential", "functional"];
  const own = snakeCase(classOf(kind));
  return ["lstm", "gru", "simpleRNN"].includes(kind) ? [own, "rnn"] : [own];
}
