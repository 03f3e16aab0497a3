// The way back from core's cells and attention, and from nn's layers: trees of weights as the tensors of modules of PyTorch.
import { leavesOf, type HostArray, type Shape } from "@sluice/core";
import { check, options as named, refused, text } from "@sluice/core/arguments";
import { checkArray, isRecord } from "../safetensors/checkArray.ts";
import { attentionParts } from "./modules/attention.ts";
import { batchNormParts, embeddingParts, kernelParts, normParts } from "./modules/plain.ts";
import { recurrentParts, type RecurrentKind } from "./modules/recurrent.ts";
import { transformerParts } from "./modules/transformer.ts";
import type { PrefixOption } from "./moduleWeights.ts";
import { prefixed, prefixOf, within, type Named, type Part } from "./part.ts";

type ToTensors = (weights: object, options?: PrefixOption) => Record<string, HostArray>;
type PartsOf = (weights: Named<Shape>) => readonly Part[];

/**
 * The tensors of one module, by name: what `torchModules` took, or what was trained here, `torchTensors.lstm(weights, { prefix: "rnn" })`. Several recurrent
 * layers are a list, both ways of one `{ forward, backward }`. Biases and `num_batches_tracked` are as in `toPyTorch`.
 *
 * Arrays are the caller's own. Throws INVALID_ARGUMENT for what is no tree of arrays, and for weights that the module does not have, all of them named.
 */
export const torchTensors = {
  lstm: recurrent("lstm"),
  gru: recurrent("gru"),
  rnn: recurrent("rnn"),
  lstmCell: of("lstmCell", (weights) => recurrentParts("lstm", weights, "")),
  gruCell: of("gruCell", (weights) => recurrentParts("gru", weights, "")),
  rnnCell: of("rnnCell", (weights) => recurrentParts("rnn", weights, "")),
  multiheadAttention: of("multiheadAttention", attentionParts),
  transformerEncoderLayer: of("transformerEncoderLayer", transformerParts),
  transformerDecoderLayer: of("transformerDecoderLayer", transformerParts),
  linear: of("linear", kernelParts),
  embedding: of("embedding", embeddingParts),
  conv1d: of("conv1d", kernelParts),
  convTranspose1d: of("convTranspose1d", kernelParts),
  layerNorm: of("layerNorm", normParts),
  groupNorm: of("groupNorm", normParts),
  rmsNorm: of("rmsNorm", normParts),
  batchNorm1d: of("batchNorm1d", batchNormParts),
} satisfies Readonly<Record<string, ToTensors>>;

function of(name: string, parts: PartsOf): ToTensors {
  return (weights, options = {}) => tensorsOf(`torchTensors.${name}`, weights, options, parts);
}

function recurrent(kind: RecurrentKind): ToTensors {
  const who = `torchTensors.${kind}`;
  return (weights, options = {}) => {
    const layers: readonly unknown[] = Array.isArray(weights) ? weights : [weights];
    const ways = layers.flatMap((layer, k): (readonly [ours: string, suffix: string])[] =>
      isRecord(layer) && "forward" in layer
        ? [
            [`${k}.forward.`, `_l${k}`],
            [`${k}.backward.`, `_l${k}_reverse`],
          ]
        : [[`${k}.`, `_l${k}`]],
    );
    return tensorsOf(who, { ...layers }, options, (shapes) =>
      ways.flatMap(([ours, suffix]) => within(recurrentParts(kind, below(shapes, ours), suffix), "", ours)),
    );
  };
}

function below(shapes: Named<Shape>, prefix: string): Named<Shape> {
  return Object.fromEntries(
    Object.entries(shapes).flatMap(([path, shape]) => (path.startsWith(prefix) ? [[path.slice(prefix.length), shape]] : [])),
  );
}

function tensorsOf(who: string, weights: object, options: PrefixOption, parts: PartsOf): Record<string, HostArray> {
  const { prefix = "" } = named<PrefixOption>(who, options, { prefix: true });
  check(who, "prefix", prefix, text);
  if (!isRecord(weights) || Object.keys(weights).length === 0) throw refused(who, "weights", weights, "a tree of arrays");
  const arrays = Object.fromEntries(
    leavesOf(weights, isArray).map(([path, array]) => {
      checkArray(who, path, array);
      return [path, array];
    }),
  );
  const all = parts(Object.fromEntries(Object.entries(arrays).map(([path, { shape }]) => [path, shape]))),
    known = new Set(all.flatMap((part) => Object.keys(part.weights)));
  const lost = [...[...known].filter((path) => !Object.hasOwn(arrays, path)), ...Object.keys(arrays).filter((path) => !known.has(path))];
  if (lost.length > 0)
    throw refused(who, "weights", `${lost.join(", ")}, missing or of no such module`, `those of the module: ${[...known].join(", ")}`);
  return prefixed(Object.fromEntries(all.flatMap((part) => Object.entries(part.give(arrays)))), prefixOf(prefix));
}

function isArray(value: unknown): boolean {
  return isRecord(value) && "data" in value;
}
