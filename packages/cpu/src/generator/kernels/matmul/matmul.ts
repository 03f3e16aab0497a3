// The kernel of a matmul step.
import type { MatmulStep } from "@sluice/core";
import { type Product, productOf } from "../../../loops/product.ts";
import { i32, set } from "../../wasm/index.ts";
import { type Frame, type Kernel, addressOf, named, parametersOf } from "../../codegen/kernel.ts";
import { blocks } from "./blocks.ts";
import { cutOf, eachItem, partsOf } from "./cut.ts";
import { methodOf, upright } from "../../plans/method.ts";
import type { Multiplication } from "./multiplication.ts";
import { offsetOf } from "./offset.ts";
import { panelStrides } from "../../plans/panels.ts";
import { dotRows, sweepRows } from "./rows.ts";

/** out[…, m, n] (+)= Σ_k a[…, m, k]·b[…, k, n] in f32, inside so many scans; with `panels`, b lies packed in the panels of that number. */
export function matmul(frame: Frame, step: MatmulStep, scans: number, panels?: number): Kernel {
  const joined = productOf(step);
  const product = panels === undefined ? upright(joined, frame.dtypes) : joined;
  const { a, b, out, m, n, k, batch } = product;
  const items = batch.reduce((count, size) => count * size, 1);
  const isIdle = items * m * n === 0 || (k === 0 && step.accumulate);
  const multiplication = multiplicationOf(frame, product, step.accumulate, panels !== undefined);
  const cut = cutOf(items, multiplication.units, m * n * k);

  const code = frame.module.function({ params: parametersOf(scans) }, (scope) => {
    if (isIdle) return [];
    const { times } = named(scope);
    const operands = [
      { base: addressOf(frame, a.view, times), strides: bytes(a.batch) },
      panels === undefined
        ? { base: addressOf(frame, b.view, times), strides: bytes(b.batch) }
        : { base: frame.panels(panels), strides: panelStrides(product) },
      { base: addressOf(frame, out.view, times), strides: bytes(out.batch) },
    ];
    const at = { a: scope.local("i32"), b: scope.local("i32"), out: scope.local("i32") };
    return eachItem(cut, scope, (item, range) => [
      [at.a, at.b, at.out].map((address, i) => set(address, i32.add(operands[i]!.base, offsetOf(item, batch, operands[i]!.strides)))),
      multiplication.code(scope, at, range),
    ]);
  });
  return { code, parts: isIdle ? 0 : partsOf(cut), workspace: multiplication.workspace };
}

function multiplicationOf(frame: Frame, product: Product, accumulate: boolean, panels: boolean): Multiplication {
  const method = methodOf(product, frame.dtypes, panels);
  switch (method.inner) {
    case "tile":
      return blocks(frame, product, method, accumulate);
    case "sweep":
      return sweepRows(frame, product, accumulate);
    case "dot":
      return dotRows(frame, product, accumulate);
  }
}

function bytes(strides: readonly number[]): number[] {
  return strides.map((stride) => 4 * stride);
}
