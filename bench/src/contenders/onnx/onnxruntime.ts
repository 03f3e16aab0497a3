// ONNX Runtime, native in Node or as WebAssembly, on a stated number of threads. It has no training in JavaScript.
import type { HostArray, TypedArray } from "@sluice/core";
import type { Sequence } from "../../workloads/tasks.ts";
import { type Contender, type Opened, refuses, type Work } from "../contender.ts";
import { importPeer } from "../installed.ts";
import { stepsFirst, stepsOf, zeros } from "../layout.ts";
import { attention, matmul, multiHead } from "./attention.ts";
import { bidirectional, type Cell, gru, lstm, recurrent, streaming } from "./cells.ts";
import { type Graph, model } from "./model.ts";

export function onnxruntime(kind: "node" | "web", threads: number): Contender {
  return {
    name: `ort-${kind}-${threads}`,
    kind: "peer",
    usual: true,
    async open() {
      const { default: ort } = (await importPeer(`onnxruntime-${kind}`)) as { readonly default: OnnxRuntime };
      if (kind === "web") ort.env.wasm.numThreads = threads;
      return { version: `onnxruntime-${kind} ${ort.env.versions[kind]}`, threads, tasks: tasks({ ort, kind, threads }) };
    },
  };
}

interface Runtime {
  readonly ort: OnnxRuntime;
  readonly kind: "node" | "web";
  readonly threads: number;
}

const untrained = refuses("does not train in JavaScript");

function tasks(runtime: Runtime): Opened["tasks"] {
  return {
    lstmInference: ({ weights, x }) => inference(runtime, recurrent(lstm(weights), lengthOf(x)), x),
    gruInference: ({ weights, x }) => inference(runtime, recurrent(gru(weights), lengthOf(x)), x),
    bidirectionalInference: ({ weights, x }) => inference(runtime, bidirectional(weights, lengthOf(x)), x),
    lstmStreaming: (given) => stream(runtime, lstm(given.weights), given),
    gruStreaming: (given) => stream(runtime, gru(given.weights), given),
    attention: (given) => repeated(runtime, attention(given), { q: given.q, k: given.k, v: given.v }),
    multiHead: (given) => repeated(runtime, multiHead(given), { x: given.x }),
    matmul: ({ a, b }) => repeated(runtime, matmul({ a, b }), { a, b }),
    ownInference: refuses("has no operator for a cell of one's own"),
    lstmTraining: untrained,
    gruTraining: untrained,
    charModelTraining: untrained,
    attentionGradient: untrained,
    multiHeadGradient: untrained,
  };
}

async function inference(runtime: Runtime, graph: Graph, x: HostArray): Promise<Work> {
  const work = await repeated(runtime, graph, { x: stepsFirst(x) });
  const { batch, steps } = lengthOf(x);
  const result = async () => stepsFirst({ dtype: "f32", shape: [steps, batch], data: await work.result() }).data;
  return { ...work, result };
}

/** The same inputs again and again. A run that has resolved has its outputs in JavaScript's memory: nothing is left to wait for. */
async function repeated(runtime: Runtime, graph: Graph, inputs: Readonly<Record<string, HostArray>>): Promise<Work> {
  const { session, compileMs } = await create(runtime, graph);
  const feeds = tensors(runtime, inputs);
  const [name] = Object.keys(graph.outputs) as [string];
  let output: Tensor;
  return {
    compileMs,
    async run() {
      output = (await session.run(feeds))[name]!;
    },
    sync: async () => output,
    result: async () => output.data,
  };
}

/** The states that come out go in again. */
async function stream(runtime: Runtime, cell: Cell, { x }: Sequence<unknown>): Promise<Work> {
  const { batch } = lengthOf(x);
  const { session, compileMs } = await create(runtime, streaming(cell, batch));
  const units = cell.weights.R.shape[2]!;
  const inputs = stepsOf(x).map(({ data }) => data as Float32Array);
  const shape = [1, batch, x.shape[2]!];
  let state = tensors(runtime, Object.fromEntries(cell.states.map((name) => [`old ${name}`, zeros([1, batch, units])])));
  let t = 0;
  return {
    compileMs,
    async run() {
      const now = new runtime.ort.Tensor("float32", inputs[t++ % inputs.length]!, shape);
      const next = await session.run({ x: now, ...state });
      state = Object.fromEntries(cell.states.map((name) => [`old ${name}`, next[`new ${name}`]!]));
    },
    sync: async () => state,
    result: async () => state["old h"]!.data,
  };
}

async function create({ ort, kind, threads }: Runtime, graph: Graph): Promise<{ session: Session; compileMs: number }> {
  const bytes = model(graph);
  const options = {
    executionProviders: [kind === "web" ? "wasm" : "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  };
  const begin = performance.now();
  const session = await ort.InferenceSession.create(bytes, options);
  return { session, compileMs: performance.now() - begin };
}

function tensors({ ort }: Runtime, arrays: Readonly<Record<string, HostArray>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(arrays).map(([name, { data, shape }]) => [name, new ort.Tensor("float32", data, shape)]));
}

function lengthOf({ shape }: HostArray): { readonly batch: number; readonly steps: number } {
  return { batch: shape[0]!, steps: shape[1]! };
}

/** What we use of it. Its own types are there only where it is installed. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads: number }; readonly versions: Readonly<Record<"node" | "web", string>> };
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: "float32", data: TypedArray, shape: readonly number[]) => Tensor;
}
interface Session {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
}
interface Tensor {
  readonly data: Float32Array;
}
