// Our side of every task: one traced function each, the same on every backend.
import { type Backend, gru, lstm } from "@sluice/core";
import { lem } from "../../cells/lem.ts";
import type { Contender, Opened } from "../contender.ts";
import { attention, attentionGradient, multiHead, multiHeadGradient } from "./attention.ts";
import { bidirectionalInference, inference } from "./inference.ts";
import { product } from "./product.ts";
import { streaming } from "./streaming.ts";
import { cellTraining, charModelTraining } from "./training.ts";

/** A backend of ours. It is opened in the contender's own process and ends with it. */
export function sluice(name: string, open: () => Promise<Backend>, { usual = true, threads = async () => 1 } = {}): Contender {
  return {
    name,
    kind: "backend",
    usual,
    async open() {
      return { version: `@sluice/${name}`, threads: await threads(), tasks: tasks(await open()) };
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
    matmul: (given) => product(backend, given),
  };
}

function resetOf({ bh }: { readonly bh?: unknown }): "before" | "after" {
  return bh === undefined ? "before" : "after";
}
