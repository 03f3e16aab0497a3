// The variables that Keras has for a layer, and which weights of @sluice/nn they are: where each stands in Keras's files, what it is called, its shape, and how numbers go over and back.
import { type HostArray, isWeight, leavesOf, type Weight } from "@sluice/core";
import { lookup } from "./json.ts";
import { Names } from "../naming/names.ts";
import { snakeCase } from "./names.ts";
import { kerasOrder, type Ordering } from "./order.ts";
import { isChain, type LayerRecord, recordIn } from "./record.ts";

export interface Variable {
  /** Below the layer's group: "cell/vars/0". */
  readonly path: string;
  /** Keras's name: "recurrent_kernel"; with the direction in front where there are two, "forward/kernel". */
  readonly name: string;
  readonly shape: readonly number[];
  /** The weights it becomes, by their paths below the layer's, as "wx" and "forward.wx"; each a function of what the file holds. */
  readonly weights: Readonly<Record<string, (data: Numbers) => Numbers>>;
  /** Keras has it and reads nothing from it; it need not be there. */
  readonly isIdle?: true;
  /** The way back, from the weights by the same paths. */
  back(weights: Readonly<Record<string, Numbers>>): Numbers;
}

export type Numbers = Float32Array | Float64Array;

/** Sizes of weights by their paths below the layer's: { "forward.wx": [3, 16] }. */
export type Sizes = ReadonlyMap<string, readonly number[]>;

export function sizesOf(weights: unknown): Sizes {
  return new Map(leavesOf(weights, isWeight).map(([path, leaf]) => [path, Object.values((leaf as Weight).axes)])); // `isWeight` says so
}

/** In Keras's order. A layer of one's own has its weights as they are, in their order. */
export function variablesOf(layer: LayerRecord, sizes: Sizes, ordering: Ordering = "list"): readonly Variable[] {
  const config = layer.config as Config; // which its maker has checked
  switch (layer.kind) {
    case "lstm":
    case "simpleRNN":
      return cell(sizes, ["wx", "kernel"], ["wh", "recurrent_kernel"], ["b", "bias"]);
    case "gru":
      return [...cell(sizes, ["wx", "kernel"], ["wh", "recurrent_kernel"]), ...gruBias(sizes)];
    case "bidirectional":
      return [...inside(config, sizes, "forward", "forward_layer"), ...inside(config, sizes, "backward", "backward_layer")];
    case "timeDistributed":
      return variablesOf(innerOf(config), sizes, ordering).map((one) => ({ ...one, path: `layer/${one.path}` }));
    case "model":
      return ofModel(layer.config, sizes, ordering);
    case "multiHeadAttention":
      return heads(sizes, config.numHeads ?? 1, config.numKeyValueHeads ?? config.numHeads ?? 1, "");
    case "groupQueryAttention":
      return heads(sizes, config.numQueryHeads ?? 1, config.numKeyValueHeads ?? 1, "_");
    case "normalization":
      return sizes.size === 0 ? [] : [...plain(sizes, [["mean", "mean"], ["variance", "variance"]]), counted]; // prettier-ignore
    case "attention":
      return plain(sizes, [["scale", "scale", []]]);
    case "additiveAttention":
      return plain(sizes, [["v", "scale"]]);
    default:
      return plain(sizes, lookup(named, layer.kind) ?? [...sizes.keys()].map((key) => [key, key]));
  }
}

/** How many numbers a normalisation has seen. */
const counted: Variable = { path: "vars/2", name: "count", shape: [], weights: {}, isIdle: true, back: () => new Float32Array(1) };

type Named = readonly [key: string, name: string, shape?: readonly number[]];

/** Where the order is another than that of the weights here, or the names are. */
const named: Readonly<Record<string, readonly Named[]>> = {
  batchNormalization: [["gamma", "gamma"], ["beta", "beta"], ["movingMean", "moving_mean"], ["movingVariance", "moving_variance"]],
  layerNormalization: [["gamma", "gamma"], ["beta", "beta"]],
  groupNormalization: [["gamma", "gamma"], ["beta", "beta"]],
  rmsNormalization: [["gamma", "scale"]],
  separableConv1D: [["depthwiseKernel", "depthwise_kernel"], ["pointwiseKernel", "pointwise_kernel"], ["bias", "bias"]],
  depthwiseConv1D: [["kernel", "kernel"], ["bias", "bias"]],
}; // prettier-ignore

interface Config {
  readonly numHeads?: number;
  readonly numQueryHeads?: number;
  readonly numKeyValueHeads?: number;
  readonly layer?: LayerRecord;
}

/** One array as it is, maybe under another shape. */
function variable(path: string, name: string, key: string, shape: readonly number[]): Variable {
  return { path, name, shape, weights: { [key]: (data) => data }, back: (weights) => weights[key]! }; // one for each of `weights`
}

function plain(sizes: Sizes, all: readonly Named[], prefix = "vars/"): readonly Variable[] {
  const there = all.filter(([key]) => sizes.has(key));
  return there.map(([key, name, shape = sizes.get(key) ?? []], i) => variable(`${prefix}${i}`, name, key, shape));
}

function cell(sizes: Sizes, ...all: readonly Named[]): readonly Variable[] {
  return plain(sizes, all, "cell/vars/");
}

/**
 * Columns z r h. With the reset gate after the product a row for what comes from x and one for what comes from h [2, 3·units]: of z and r they are added and stay together here; the second
 * row's h is `bh`. Back, what was added stands in the first row.
 */
function gruBias(sizes: Sizes): readonly Variable[] {
  const [all] = sizes.get("b") ?? [],
    [units] = sizes.get("bh") ?? [];
  if (all === undefined) return [];
  const path = "cell/vars/2";
  if (units === undefined) return [variable(path, "bias", "b", [all])];
  const gates = all - units;
  return [
    {
      ...{ path, name: "bias", shape: [2, all] },
      weights: {
        b: (data) => data.slice(0, all).map((value, i) => (i < gates ? value + (data[all + i] ?? 0) : value)),
        bh: (data) => data.slice(all + gates),
      },
      back({ b, bh }) {
        const both = new (b instanceof Float64Array ? Float64Array : Float32Array)(2 * all);
        both.set(b ?? [], 0);
        both.set(bh ?? [], all + gates);
        return both;
      },
    },
  ];
}

/** [in, heads·size] here is [in, heads, size] there. */
function heads(sizes: Sizes, queryHeads: number, keyHeads: number, prefix: string): readonly Variable[] {
  const dense = (group: string, kernel: string, bias: string, count: number): Variable[] => {
    const [features = 0, columns = 0] = sizes.get(kernel) ?? [];
    return [
      variable(`${prefix}${group}_dense/vars/0`, `${group}/kernel`, kernel, [features, count, columns / count]),
      ...(sizes.has(bias) ? [variable(`${prefix}${group}_dense/vars/1`, `${group}/bias`, bias, [count, columns / count])] : []),
    ];
  };
  const [columns = 0, output = 0] = sizes.get("wo") ?? [];
  return [
    ...dense("query", "wq", "bq", queryHeads),
    ...dense("key", "wk", "bk", keyHeads),
    ...dense("value", "wv", "bv", keyHeads),
    variable(`${prefix}output_dense/vars/0`, "attention_output/kernel", "wo", [queryHeads, columns / queryHeads, output]),
    ...(sizes.has("bo") ? [variable(`${prefix}output_dense/vars/1`, "attention_output/bias", "bo", [output])] : []),
  ];
}

function inside(config: Config, sizes: Sizes, direction: string, group: string): readonly Variable[] {
  return variablesOf(innerOf(config), below(sizes, direction)).map((one) =>
    under(one, direction, `${group}/${one.path}`, `${direction}/${one.name}`),
  );
}

function innerOf({ layer }: Config): LayerRecord {
  return layer ?? { kind: "none", config: {} };
}

export function below(sizes: Sizes, key: string): Sizes {
  return new Map([...sizes].flatMap(([path, size]) => (path.startsWith(`${key}.`) ? [[path.slice(key.length + 1), size]] : [])));
}

function under(one: Variable, key: string, path: string, name: string): Variable {
  return {
    ...{ path, name, shape: one.shape, ...(one.isIdle === true && { isIdle: true }) },
    weights: Object.fromEntries(Object.entries(one.weights).map(([at, read]) => [`${key}.${at}`, read])),
    back: (weights) => one.back(Object.fromEntries(Object.keys(one.weights).map((at) => [at, weights[`${key}.${at}`]!]))), // one for each
  };
}

/** Of a model within, by the names that its layers have there: their own, or "dense", "dense_1", …. */
function ofModel(config: object, sizes: Sizes, ordering: Ordering): readonly Variable[] {
  const groups = new Names(),
    record = recordIn(config),
    names = namesWithin(record.layers);
  return kerasOrder(record, ordering).flatMap((i) => {
    const layer = record.layers[i]!, // one of them
      name = names[i] ?? "",
      group = `layers/${groups.take(snakeCase(classOfLayer(layer)))}`;
    return variablesOf(layer, below(sizes, name), ordering).map((one) => under(one, name, `${group}/${one.path}`, `${name}/${one.name}`));
  });
}

/** As a graph of @sluice/nn names its layers. */
export function namesWithin(layers: readonly LayerRecord[]): readonly string[] {
  const names = new Names();
  for (const { config } of layers) if (config.name !== undefined) names.take(config.name);
  return layers.map(({ kind, config }) => config.name ?? names.take(kind));
}

const classes: Readonly<Record<string, string>> = {
  ...{ lstm: "LSTM", gru: "GRU", simpleRNN: "SimpleRNN", relu: "ReLU", leakyRelu: "LeakyReLU", prelu: "PReLU", elu: "ELU" },
  ...{ conv1D: "Conv1D", depthwiseConv1D: "DepthwiseConv1D", separableConv1D: "SeparableConv1D", conv1DTranspose: "Conv1DTranspose" },
  ...{ maxPooling1D: "MaxPooling1D", averagePooling1D: "AveragePooling1D", globalMaxPooling1D: "GlobalMaxPooling1D" },
  ...{ globalAveragePooling1D: "GlobalAveragePooling1D", spatialDropout1D: "SpatialDropout1D", zeroPadding1D: "ZeroPadding1D" },
  ...{
    cropping1D: "Cropping1D",
    upSampling1D: "UpSampling1D",
    rmsNormalization: "RMSNormalization",
    groupQueryAttention: "GroupedQueryAttention",
  },
};

/** Keras's class of a layer. */
export function classOfLayer({ kind, config }: LayerRecord): string {
  return kind === "model" ? (isChain(recordIn(config)) ? "Sequential" : "Functional") : classOf(kind);
}

/** That of a kind of layer, which is no model. */
export function classOf(kind: string): string {
  return lookup(classes, kind) ?? `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

/** What is wrong with an array for a variable. */
export function misfit({ shape }: Variable, { shape: given }: Pick<HostArray, "shape">): string | undefined {
  return shape.join() === given.join() ? undefined : `is [${given.join(", ")}], the layer needs [${shape.join(", ")}]`;
}

/** Where a variable stands; attention of other versions of Keras has it under the private or the public name. */
export function pathsOf({ path }: Pick<Variable, "path">): readonly string[] {
  const other = path.replace(
    /(^|\/)(_?)(query|key|value|output)_dense\//,
    (_, before: string, mark: string, what: string) => `${before}${mark === "" ? "_" : ""}${what}_dense/`,
  );
  return other === path ? [path] : [path, other];
}
