// A graph of layers as the configuration of a functional model of Keras 3, and where its variables go.
import type { Problems } from "./problems.ts";
import { type Json, type JsonRecord, lookup } from "./json.ts";
import { hasOut, optionsOut } from "./layersOut.ts";
import { type Masked, masksIn } from "./masksOut.ts";
import { namesBesideMasks } from "./maskNames.ts";
import { Names } from "../naming/names.ts";
import { snakeCase } from "./names.ts";
import { kerasOrder, type Ordering } from "./order.ts";
import { passing, pruned } from "./pruned.ts";
import {
  declaredShape,
  type GraphRecord,
  isChain,
  type LayerRecord,
  type NodeRecord,
  nodeOf,
  readsOf,
  recordIn,
  type ValueRecord,
} from "./record.ts";
import { rules } from "./rules.ts";
import { classOf, classOfLayer, namesWithin } from "./variables.ts";

export interface GraphOut {
  readonly config: JsonRecord;
  /** Where the variables of each layer stand: its name here → "layers/dense_1". */
  readonly groups: ReadonlyMap<string, string>;
}

export interface Outward {
  readonly problems: Problems;
  /** How several inputs and outputs come to Keras. */
  readonly ordering: Ordering;
  /** Whether it is the weights alone that are wanted. */
  readonly weightsAlone: boolean;
  /** In a model within "encoder/". */
  readonly path: string;
  /** Of each input with the batch, null where any size does. */
  readonly shapes: ReadonlyMap<string, readonly (number | null)[]>;
  /** Inputs that are indices. */
  readonly indices: ReadonlySet<string>;
  /** A sample of what a layer gives, by its name and where of several that stands; undefined where that is not known. */
  given(layer: string, path: string): readonly (number | null)[] | undefined;
  /** Columns of the queries of a layer of attention, by its name. */
  columns(layer: string): number | undefined;
}

type Shape = readonly (number | null)[];

/** What a layer is asked for where it stands. */
interface Asked {
  readonly statesRead: boolean;
  readonly masked: boolean;
  /** Its first use; undefined within a wrapper. */
  readonly node: NodeRecord | undefined;
}

/** What there is not in Keras `outward.problems` then knows. */
export function graphOut(given: GraphRecord, outward: Outward): GraphOut {
  const { record, kept } = pruned(given);
  return new Writing(
    record,
    outward,
    masksIn(given, outward).filter((_, node) => kept[node]),
  ).done();
}

class Writing {
  readonly #record: GraphRecord;
  readonly #outward: Outward;
  readonly #names: readonly string[];
  /** In Keras. */
  readonly #namesThere: readonly string[];
  /** Which use of its layer each node is. */
  readonly #uses: readonly number[];
  readonly #masked: readonly Masked[];

  constructor(record: GraphRecord, outward: Outward, masked: readonly Masked[]) {
    this.#record = record;
    this.#outward = outward;
    this.#names = namesWithin(record.layers);
    const uses = new Map<number, number>();
    this.#uses = record.nodes.map(({ layer }) => {
      const use = uses.get(layer) ?? 0;
      uses.set(layer, use + 1);
      return use;
    });
    this.#masked = masked;
    this.#namesThere = namesBesideMasks(record, this.#names, masked);
  }

  done(): GraphOut {
    const { inputs, outputs, layers, ends, name } = this.#record;
    const groups = new Map<string, string>(),
      names = new Names(),
      used = kerasOrder(this.#record, this.#outward.ordering).filter((i) => !passing.includes(layers[i]?.kind ?? ""));
    const own = used.map((i) => {
      const layer = layers[i]!; // one of them
      groups.set(this.#names[i] ?? "", `layers/${names.take(snakeCase(classOfLayer(layer)))}`);
      return this.#layer(layer, i);
    });
    const end = (given: readonly string[] | null, each: readonly (readonly [string, Json])[]): Json =>
      given === null ? (each[0]?.[1] ?? null) : this.#outward.ordering === "list" ? each.map(([, one]) => one) : Object.fromEntries(each);
    const config: JsonRecord = {
      ...{ name, trainable: true },
      layers: [...Object.keys(inputs).map((input) => this.#input(input)), ...own],
      input_layers: end(ends.inputs, Object.keys(inputs).map((input) => [input, [this.#inputName(input), 0, 0]])), // prettier-ignore
      output_layers: end(ends.outputs, Object.entries(outputs).map(([output, value]) => [output, this.#reference(value, true)])), // prettier-ignore
    };
    if (isChain(this.#record)) {
      const inner = (config["layers"] as readonly JsonRecord[]).map((layer) => without(layer, "name", "inbound_nodes")); // records, as they were made
      return {
        config: { module: "keras", class_name: "Sequential", config: { name, trainable: true, layers: inner }, registered_name: null },
        groups,
      };
    }
    return { config: { module: "keras.src.models.functional", class_name: "Functional", config, registered_name: "Functional" }, groups };
  }

  #problem(layer: string, what: string, fix: string): void {
    this.#outward.problems.add(`${this.#outward.path}${layer}`, what, fix);
  }

  /** Keras wants the names of a dictionary's inputs to be those of its InputLayers. */
  #inputName(input: string): string {
    let name = this.#record.ends.inputs === null ? "input_layer" : input;
    while (this.#namesThere.includes(name)) name += "_";
    return name;
  }

  #input(input: string): JsonRecord {
    const name = this.#inputName(input),
      shape = this.#outward.shapes.get(input);
    if (shape === undefined) this.#problem(name, "does not say what it reads", "begin the model with input({ shape })");
    const config: JsonRecord = {
      batch_shape: [null, ...(shape ?? [])],
      dtype: this.#outward.indices.has(input) ? "int32" : "float32",
      sparse: false,
      name,
    };
    return { module: "keras.layers", class_name: "InputLayer", config, registered_name: null, name, inbound_nodes: [] };
  }

  #layer(layer: LayerRecord, i: number): JsonRecord {
    const name = this.#names[i] ?? "",
      nodes = this.#record.nodes.filter((node) => node.layer === i);
    const object =
      layer.kind === "model"
        ? this.#modelCalled(layer, name, nodes)
        : this.#object(layer, name, { statesRead: this.#isRead(i, "state"), masked: this.#readsMasked(nodes), node: nodes[0] });
    const there = this.#namesThere[i] ?? name,
      config = { ...(object["config"] as JsonRecord), name: there }; // a record, as they were made
    return { ...object, config, name: there, inbound_nodes: nodes.map((node) => this.#node(layer, node, name)) };
  }

  #object(layer: LayerRecord, name: string, asked: Asked): JsonRecord {
    const inside = (layer.config as { readonly layer?: LayerRecord }).layer; // of a wrapper
    if (layer.kind === "bidirectional" && inside !== undefined) return this.#bidirectional(layer, inside, name, asked);
    if (layer.kind === "timeDistributed" && inside !== undefined)
      return keras("TimeDistributed", { name, layer: this.#eachStep(inside, name, asked.node) });
    if (!hasOut(layer.kind)) {
      this.#problem(name, `is ${layer.kind}, which Keras has not`, "write it as a layer of Keras's, or keep the model here: saveModel");
      return keras(classOf(layer.kind), { name });
    }
    const { className, config } = optionsOut(layer.kind, layer.config, (what) =>
      this.#problem(name, `(${layer.kind}) ${what}, which Keras has not`, "make it as Keras has it by default"),
    );
    const isRecurrent = lookup(rules, className)?.call === "recurrent";
    if (config["stateful"] === true && !this.#outward.weightsAlone)
      this.#problem(
        name,
        "is stateful, which Keras loads for batches of one size alone",
        "make the model without stateful, give it these weights by withWeights, and write that: it gives the same for whole sequences",
      );
    const columns = className === "MultiHeadAttention" && config["key_dim"] === undefined ? this.#outward.columns(name) : undefined;
    return keras(className, {
      ...{ name, ...config },
      ...(columns !== undefined && { key_dim: columns / Number(config["num_heads"]) }),
      ...(isRecurrent && asked.statesRead && { return_state: true }),
      ...(isRecurrent && asked.masked && config["return_sequences"] === true && { zero_output_for_mask: true }),
    });
  }

  /** What a TimeDistributed has inside, which reads one step of what `node` reads. */
  #eachStep(inside: LayerRecord, name: string, node: NodeRecord | undefined): JsonRecord {
    if (inside.kind !== "model")
      return this.#object(inside, inside.config.name ?? "inside", { statesRead: false, masked: false, node: undefined });
    const all = this.#shapeOf(node?.x);
    return this.#model(inside, { name: "inside", path: `${name}/` }, () => all?.slice(1));
  }

  #bidirectional({ config }: LayerRecord, inside: LayerRecord, name: string, asked: Asked): JsonRecord {
    const { mergeMode = "concat" } = config as { readonly mergeMode?: string }; // its own option
    const one = (direction: string, backwards: boolean): JsonRecord => {
      const object = this.#object(inside, `${direction}_${name}`, asked);
      return { ...object, config: { ...(object["config"] as JsonRecord), go_backwards: backwards } }; // a layer's
    };
    return keras("Bidirectional", {
      name,
      merge_mode: mergeMode === "none" ? null : mergeMode,
      layer: one("forward", false),
      backward_layer: one("backward", true),
    });
  }

  /** `readAs` is what it is called on as one of its inputs. */
  #model(
    { config }: LayerRecord,
    { name, path }: { readonly name: string; readonly path: string },
    readAs: (input: string, record: GraphRecord) => Shape | undefined,
  ): JsonRecord {
    const record = { ...recordIn(config), name };
    const shapes = new Map(
      Object.keys(record.inputs).flatMap((input) => {
        const shape = declaredShape(record, input) ?? readAs(input, record);
        return shape === undefined ? [] : [[input, shape] as const];
      }),
    );
    const indices = new Set(Object.entries(record.inputs).flatMap(([input, { dtype }]) => (dtype === "i32" ? [input] : [])));
    return graphOut(record, {
      ...this.#outward,
      path: `${this.#outward.path}${path}`,
      shapes,
      indices,
      columns: () => undefined,
      given: () => undefined,
    }).config;
  }

  #modelCalled(layer: LayerRecord, name: string, nodes: readonly NodeRecord[]): JsonRecord {
    if (this.#readsMasked(nodes)) this.#problem(name, "is a model that reads steps which may not count", "put its layers into this model");
    const x = nodes[0]?.x;
    return this.#model(
      layer,
      { name, path: `${name}/` },
      (input, { ends }) => this.#shapeOf(ends.inputs === null ? x : (x as Readonly<Record<string, unknown>> | undefined)?.[input]), // a record by its inputs
    );
  }

  /** Of a sample of a value, where it is known. */
  #shapeOf(value: unknown): Shape | undefined {
    if (typeof value !== "string") return undefined;
    const from = nodeOf(value, this.#record.inputs);
    return from === undefined
      ? this.#outward.shapes.get(value)
      : this.#outward.given(this.#names[this.#record.nodes[from]?.layer ?? -1] ?? "", value.split(":")[1] ?? "");
  }

  #readsMasked(nodes: readonly NodeRecord[]): boolean {
    return nodes.some((node) => this.#masked[this.#record.nodes.indexOf(node)]?.reads === true);
  }

  #isRead(layer: number, below: string): boolean {
    const read = [...Object.values(this.#record.outputs), ...this.#record.nodes.flatMap((node) => readsOf(node))];
    return read.some((value) => {
      const node = nodeOf(value, this.#record.inputs);
      return node !== undefined && this.#record.nodes[node]?.layer === layer && (value.split(":")[1] ?? "").startsWith(below);
    });
  }

  #node({ kind, config }: LayerRecord, node: NodeRecord, name: string): JsonRecord {
    const args = (values: unknown): Json =>
      typeof values === "string"
        ? this.#tensor(values)
        : Array.isArray(values)
          ? values.map(args)
          : Object.fromEntries(Object.entries(values as object).map(([key, one]) => [key, args(one)])); // a tree of values
    const beside = node.beside ?? {},
      number = this.#record.nodes.indexOf(node);
    if (kind === "attention" || kind === "additiveAttention" || kind === "multiHeadAttention" || kind === "groupQueryAttention") {
      const { causal } = config as { readonly causal?: unknown }; // its own option
      const value = beside["value"] ?? beside["key"] ?? node.x,
        all = [node.x, value, ...(beside["key"] === undefined || beside["key"] === value ? [] : [beside["key"]])].map(args);
      if ((causal === true || causal === "end") && Object.keys(beside).length > 0)
        this.#problem(name, 'attends to the end of other keys, causal: "end"', 'Keras has causal: "start"');
      const scores = this.#reads(number, "scores");
      const kwargs: JsonRecord = {
        ...(causal !== undefined && causal !== false && { use_causal_mask: true }),
        ...(scores && { return_attention_scores: true }),
      };
      return { args: kind === "attention" || kind === "additiveAttention" ? [all] : all, kwargs };
    }
    const initial = beside["initialState"],
      isListed = kind === "model" && this.#outward.ordering === "list" && typeof node.x !== "string";
    return {
      args: [args(isListed ? recordIn(config).ends.inputs?.map((input) => (node.x as Readonly<Record<string, unknown>>)[input]) : node.x)], // a record by its inputs
      kwargs: {
        ...(initial !== undefined && { initial_state: readsOf({ layer: 0, x: initial }).map((value) => this.#tensor(value)) }),
        ...(kind === "reversibleEmbedding" && { reverse: this.#isVector(node) }),
      },
    };
  }

  /** Whether something reads this part of what a node gives. */
  #reads(node: number, part: string): boolean {
    return [...Object.values(this.#record.outputs), ...this.#record.nodes.flatMap((node) => readsOf(node))].includes(`${node}:${part}`);
  }

  /** Of a reversible embedding: what layers give are vectors, and inputs indices. */
  #isVector(node: NodeRecord): boolean {
    return readsOf(node).some((value) => nodeOf(value, this.#record.inputs) !== undefined || !this.#outward.indices.has(value));
  }

  #tensor(value: ValueRecord): JsonRecord {
    return { class_name: "__keras_tensor__", config: { shape: [null], dtype: "float32", keras_history: this.#reference(value, false) } };
  }

  /** Outputs count what makes a model within as its first use. */
  #reference(value: ValueRecord, isOutput: boolean): Json {
    const node = nodeOf(value, this.#record.inputs);
    if (node === undefined) return [this.#inputName(value), 0, 0];
    const { layer } = this.#record.nodes[node]!, // there, as `nodeOf` says
      record = this.#record.layers[layer]!; // likewise
    const use = (this.#uses[node] ?? 0) + (isOutput && record.kind === "model" && !isChain(recordIn(record.config)) ? 1 : 0);
    return [this.#namesThere[layer] ?? "", use, this.#outputOf(record, value.split(":")[1] ?? "")];
  }

  /** Which of the outputs of Keras's call it is. */
  #outputOf({ kind, config }: LayerRecord, path: string): number {
    if (path === "") return 0;
    if (path === "scores") return 1;
    if (kind === "model") {
      const outputs = [...(recordIn(config).ends.outputs ?? [])];
      return Math.max(0, (this.#outward.ordering === "list" ? outputs : outputs.sort((a, b) => (a < b ? -1 : 1))).indexOf(path));
    }
    const { layer, mergeMode } = config as { readonly layer?: LayerRecord; readonly mergeMode?: string }; // of a Bidirectional
    const states = (layer?.kind ?? kind) === "lstm" ? ["h", "c"] : ["h"],
      [first = "", direction = "", name = ""] = path.split(".");
    if (first !== "state") return first === "backward" ? 1 : 0;
    const values = mergeMode === "none" ? 2 : 1;
    return layer === undefined
      ? values + states.indexOf(direction)
      : values + (direction === "backward" ? states.length : 0) + states.indexOf(name);
  }
}

function keras(className: string, config: JsonRecord): JsonRecord {
  return { module: "keras.layers", class_name: className, config, registered_name: null };
}

function without(record: JsonRecord, ...names: readonly string[]): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
