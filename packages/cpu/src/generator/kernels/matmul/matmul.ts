// The kernel of a matmul step.
import type { MatmulStep } from "@sluice/core";
import { type Product, productOf } from "../../../loops/product.ts";
import { i32, set } from "../../wasm/index.ts";
import { type KernelContext, type KernelFunction, addressOf, kernelParameters, parametersOf } from "../../codegen/kernelFunction.ts";
import { blocks } from "./blocks.ts";
import { batchPartitionOf, eachItem, partsOf } from "./batchPartition.ts";
import { cheaperOrientation, methodOf } from "../../plans/method.ts";
import type { Multiplication } from "./multiplication.ts";
import { offsetOf } from "./offset.ts";
import { panelStrides } from "../../plans/panels.ts";
import { axpyRows, dotRows } from "./rows.ts";

/** out[…, m, n] (+)= Σ_k a[…, m, k]·b[…, k, n] in f32, inside so many scans; with `panels`, b lies packed in the panels of that number. */
export function matmul(context: KernelContext, step: MatmulStep, scans: number, panels?: number): KernelFunction {
  const joined = productOf(step);
  const product = panels === undefined ? cheaperOrientation(joined, context.dtypes) : joined;
  const { a, b, out, m, n, k, batch } = product;
  const items = batch.reduce((count, size) => count * size, 1);
  const isIdle = items * m * n === 0 || (k === 0 && step.accumulate);
  const multiplication = multiplicationOf(context, product, step.accumulate, panels !== undefined);
  const partition = batchPartitionOf(items, multiplication.units, m * n * k);

  const code = context.module.function({ params: parametersOf(scans) }, (scope) => {
    if (isIdle) return [];
    const { iterations } = kernelParameters(scope);
    const operands = [
      { base: addressOf(context, a.view, iterations), strides: bytes(a.batch) },
      panels === undefined
        ? { base: addressOf(context, b.view, iterations), strides: bytes(b.batch) }
        : { base: context.panels(panels), strides: panelStrides(product) },
      { base: addressOf(context, out.view, iterations), strides: bytes(out.batch) },
    ];
    const at = { a: scope.local("i32"), b: scope.local("i32"), out: scope.local("i32") };
    return eachItem(partition, scope, (item, range) => [
      [at.a, at.b, at.out].map((address, i) => set(address, i32.add(operands[i]!.base, offsetOf(item, batch, operands[i]!.strides)))),
      multiplication.code(scope, at, range),
    ]);
  });
  return { code, parts: isIdle ? 0 : partsOf(partition), workspaceBytes: multiplication.workspaceBytes };
}

function multiplicationOf(context: KernelContext, product: Product, accumulate: boolean, panels: boolean): Multiplication {
  const method = methodOf(product, context.dtypes, panels);
  switch (method.inner) {
    case "tile":
      return blocks(context, product, method, accumulate);
    case "axpy":
      return axpyRows(context, product, accumulate);
    case "dot":
      return dotRows(context, product, accumulate);
  }
}

function bytes(strides: readonly number[]): number[] {
  return strides.map((stride) => 4 * stride);
}
