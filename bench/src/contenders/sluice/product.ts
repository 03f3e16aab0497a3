// A matrix product.
import { type Backend, compile, type Tensor } from "@sluice/core";
import type { Matmul } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { bound, uploaded } from "./bound.ts";

export function product(backend: Backend, given: Matmul): Promise<Work> {
  const { a, b } = uploaded(backend, { a: given.a, b: given.b });
  return bound(() => compile(backend, (x: Tensor, y: Tensor) => x.dot(y), { name: "product" }).bind(a, b));
}
