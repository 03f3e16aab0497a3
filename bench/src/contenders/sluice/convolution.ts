// Convolution over steps, forward alone and with its gradients.
import { type Backend, conv1d, type Tensor } from "@sluice/core";
import type { Convolution, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { forward, withGradient } from "./attention.ts";

export function convolution(backend: Backend, { dilation, x, kernel }: Convolution): Promise<Work> {
  return forward(backend, { x, kernel }, convolved(dilation), "convolution");
}

export function convolutionGradient(backend: Backend, { dilation, x, kernel, target }: Convolution & Targeted): Promise<Work> {
  return withGradient(backend, { x, kernel }, target, convolved(dilation), "convolution");
}

function convolved(dilation: number) {
  return ({ x, kernel }: Readonly<Record<"x" | "kernel", Tensor>>): Tensor => conv1d(x, kernel, { padding: "causal", dilation });
}
