// How a traced tensor is named in an error: "x [batch 32, input 64]".
import type { Shape } from "../backend.ts";
import type { Tensor } from "./tensor.ts";

export function describe(x: Tensor, fallback = "tensor"): string {
  return `${x.name ?? fallback} ${describeShape(x.shape, x.axes)}`;
}

export function describeShape(shape: Shape, axes: readonly (string | undefined)[] = []): string {
  return `[${shape.map((n, axis) => (axes[axis] === undefined ? `${n}` : `${axes[axis]} ${n}`)).join(", ")}]`;
}
