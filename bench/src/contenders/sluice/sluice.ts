// Our side of every task: one traced function each, the same on every backend.
import { type Backend, gru, lstm } from "@sluice/core";
import { lem } from "../../cells/lem.ts";
import type { Contender, Opened, Place } from "../contender.ts";
import { attention, attentionGradient, multiHead, multiHeadGradient } from "./attention.ts";
import { convolution, convolutionGradient } from "./convolution.ts";
import { batchNormalizationGradient, crossEntropyGradient } from "./normalisation.ts";
import { bidirectionalInference, inference } from "./inference.ts";
import { product } from "./product.ts";
import { streaming } from "./streaming.ts";
import { cellTraining, charModelTraining } from "./training.ts";

interface Manner {
  /** Default true. */
  readonly usual?: boolean;
  /** Default in Node and in pages. */
  readonly where?: readonly Place[];
  /** Default 1, unless the executor says how many. */
  readonly threads?: null;
  /** What it runs on, where that is worth a word: asked once it is open. */
  readonly on?: () => string;
}

/** A backend of ours. It is opened in the contender's own process and ends with it. */
export function sluice(name: string, open: () => Promise<Backend>, manner: Manner = {}): Contender {
  const { usual = true, where, threads, on = () => "" } = manner;
  return {
    name,
    kind: "backend",
    usual,
    ...(where === undefined ? {} : { where }),
    async open() {
      const backend = await open();
      return { version: `@sluice/${name} ${on()}`.trimEnd(), ...(threads === undefined ? {} : { threads }), tasks: tasks(backend) };
    },
  };
}

function tasks(backend: Backend): Required<Opened["tasks"]> {
  return {
    lstmInference: (given) => inference(backend, lstm(), given),
    gruInference: (given) => inference(backend, gru({ reset: resetOf(given.weights) }), given),
    ownInference: (given) => inference(backend, lem(), given),
    bidirectionalInference: (given) => bidirectionalInference(backend, given),
    lstmStreaming: (given) => streaming(backend, lstm(), given),
    gruStreaming: (given) => streaming(backend, gru({ reset: resetOf(given.weights) }), given),
    lstmTraining: (given) => cellTraining(backend, lstm(), given),
    gruTraining: (given) => cellTraining(backend, gru({ reset: "before" }), given),
    charModelTraining: (given) => charModelTraining(backend, given),
    attention: (given) => attention(backend, given),
    attentionGradient: (given) => attentionGradient(backend, given),
    multiHead: (given) => multiHead(backend, given),
    multiHeadGradient: (given) => multiHeadGradient(backend, given),
    convolution: (given) => convolution(backend, given),
    convolutionGradient: (given) => convolutionGradient(backend, given),
    batchNormalizationGradient: (given) => batchNormalizationGradient(backend, given),
    crossEntropyGradient: (given) => crossEntropyGradient(backend, given),
    matmul: (given) => product(backend, given),
  };
}

function resetOf({ bh }: { readonly bh?: unknown }): "before" | "after" {
  return bh === undefined ? "before" : "after";
}
