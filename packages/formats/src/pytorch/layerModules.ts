// Which module of PyTorch a layer is, by kind: of what parts, and what the module cannot be.
import type { Shape } from "@sluice/core";
import { under, within, type Named, type Part } from "./part.ts";
import { attentionParts } from "./modules/attention.ts";
import { batchNormParts, depthwiseParts, embeddingParts, kernelParts, normParts, preluParts } from "./modules/plain.ts";
import { recurrentParts, type RecurrentKind } from "./modules/recurrent.ts";
import { transformerParts } from "./modules/transformer.ts";
import type { Slot } from "./slots.ts";

/** Which layer of a recurrent module, or whether it is a cell, which has one. */
export interface At {
  readonly layer: number;
  readonly isCell: boolean;
}

export interface LayerModule {
  /** As PyTorch calls it. */
  readonly called: string;
  readonly parts: readonly Part[];
  /** What the layer has that the module cannot have. */
  readonly reasons: readonly string[];
}

/** Undefined for a kind that is no module of PyTorch. */
export function moduleOf({ kind, config, weights }: Slot, at: At): LayerModule | undefined {
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
  if (make === undefined) return undefined;
  const { called, parts, reasons } = make(weights, config, at);
  const known = new Set(parts.flatMap((part) => Object.keys(part.weights)));
  const homeless = Object.keys(weights).filter((name) => !known.has(name)),
    absent = [...known].filter((name) => !Object.hasOwn(weights, name)); // of a layer of the caller's own by that kind
  return {
    called,
    parts: absent.length > 0 ? [] : parts,
    reasons: [
      ...reasons,
      ...homeless.map((name) => `there is no counterpart of its weight ${name}`),
      ...absent.map((name) => `it has no weight ${name}`),
    ],
  };
}

type Make = (weights: Named<Shape>, config: Named<unknown>, at: At) => LayerModule;

const plain =
  (called: string, parts: (weights: Named<Shape>) => readonly Part[]): Make =>
  (weights) => ({ called, parts: parts(weights), reasons: [] });

const makers: Named<Make> = {
  dense: plain("Linear", kernelParts),
  embedding: plain("Embedding", embeddingParts),
  positionEmbedding: plain("Embedding", embeddingParts),
  reversibleEmbedding: plain("Embedding", embeddingParts),
  conv1D: plain("Conv1d", kernelParts),
  conv1DTranspose: plain("ConvTranspose1d", kernelParts),
  depthwiseConv1D: plain("Conv1d", depthwiseParts),
  layerNormalization: plain("LayerNorm", normParts),
  groupNormalization: plain("GroupNorm", normParts),
  rmsNormalization: plain("RMSNorm", normParts),
  prelu: plain("PReLU", preluParts),
  batchNormalization: (weights) => ({
    called: "BatchNorm1d",
    parts: batchNormParts(weights),
    reasons:
      Object.hasOwn(weights, "gamma") === Object.hasOwn(weights, "beta") ? [] : ["center and scale: it has both or neither (affine)"],
  }),
  lstm: recurrent("lstm", "LSTM"),
  gru: recurrent("gru", "GRU"),
  simpleRNN: recurrent("rnn", "RNN"),
  bidirectional: bothWays,
  multiHeadAttention: (weights, config) => ({
    called: "MultiheadAttention",
    parts: attentionParts(weights),
    reasons: [
      ...unless(config, { rotary: [false], score: ["scaledDot"], softCap: [undefined] }),
      ...(isSquare(weights)
        ? []
        : ["keyDim, valueDim, outputDim, numKeyValueHeads: its heads share the embedding's size evenly, and so is its output"]),
    ],
  }),
  transformerEncoder: plain("TransformerEncoderLayer", transformerParts),
  transformerDecoder: (weights) => ({
    called: Object.hasOwn(weights, "crossAttention.wq") ? "TransformerDecoderLayer" : "TransformerEncoderLayer",
    parts: transformerParts(weights),
    reasons: [],
  }),
};

/** Each of the options that is none of these, or left out. */
function unless(config: Named<unknown>, allowed: Named<readonly unknown[]>): readonly string[] {
  return Object.entries(allowed).flatMap(([option, values]) =>
    config[option] === undefined || values.includes(config[option]) ? [] : [`${option}: ${JSON.stringify(config[option])}`],
  );
}

const squash = { activation: ["tanh"], recurrentActivation: ["sigmoid"] };
const options: Readonly<Record<RecurrentKind, Named<readonly unknown[]>>> = {
  lstm: { peepholes: [false], coupled: [false], layerNorm: [false], cellClip: [], ...squash },
  gru: { reset: ["after"], resetAfter: [true], update: ["keeps"], layerNorm: [false], ...squash },
  rnn: { activation: ["tanh", "relu"] },
};

function recurrent(kind: RecurrentKind, called: string): Make {
  return (weights, config, { layer, isCell }) => ({
    called: called + (isCell ? "Cell" : ""),
    parts: recurrentParts(kind, weights, isCell ? "" : `_l${layer}`),
    reasons: [...recurrentReasons(kind, config), ...(isCell && Object.hasOwn(weights, "wr") ? ["projection: a cell has none"] : [])],
  });
}

function recurrentReasons(kind: RecurrentKind, config: Named<unknown>): readonly string[] {
  return unless(config, { ...options[kind], initialState: ["zeros"] });
}

const recurrentKinds: Named<readonly [RecurrentKind, string]> = { lstm: ["lstm", "LSTM"], gru: ["gru", "GRU"], simpleRNN: ["rnn", "RNN"] };

function bothWays(weights: Named<Shape>, config: Named<unknown>, { layer, isCell }: At): LayerModule {
  const inner = config["layer"] as { readonly kind: string; readonly config: Named<unknown> }, // of a bidirectional layer
    found = Object.hasOwn(recurrentKinds, inner.kind) ? recurrentKinds[inner.kind] : undefined;
  if (found === undefined) return { called: "bidirectional", parts: [], reasons: [`the layer inside is of kind "${inner.kind}"`] };
  const [kind, called] = found;
  const way = (name: string, suffix: string): readonly Part[] =>
    within(recurrentParts(kind, under(weights, name), `_l${layer}${suffix}`), "", `${name}.`);
  return {
    called: `${called}(bidirectional=True)`,
    parts: [...way("forward", ""), ...way("backward", "_reverse")],
    reasons: [...recurrentReasons(kind, inner.config), ...(isCell ? ["a cell goes one way"] : [])],
  };
}

/** Of MultiheadAttention: all projections to the embedding's size. */
function isSquare({ wq = [], wk = [], wv = [], wo = [] }: Named<Shape>): boolean {
  return new Set([...wq, wk[1], wv[1], ...wo]).size === 1;
}
