// The kernel that packs a right operand ahead.
import { type Code, get, i32, set } from "../../wasm/index.ts";
import { type KernelContext, type KernelFunction, addressOf, kernelParameters, parametersOf } from "../../codegen/kernelFunction.ts";
import { batchPartitionOf, eachItem, partsOf } from "./batchPartition.ts";
import { packLanes } from "./packLanes.ts";
import { elementOf } from "./vectors.ts";
import { offsetOf } from "./offset.ts";
import { matrixBytes } from "../../plans/panels.ts";
import type { PlannedStep } from "../../plans/planPanels.ts";
import { countOf, unitsOf } from "./range.ts";
import { tileColumns } from "../../plans/method.ts";

/** Fills panels, inside so many scans. */
export function pack(context: KernelContext, { panels, right }: Extract<PlannedStep, { kind: "pack" }>, scans: number): KernelFunction {
  const { module, dtypes } = context;
  const { view, k, n, row, column, batch } = right;
  const units = unitsOf(n, tileColumns);
  const sizes = batch.map(({ size }) => size);
  const partition = batchPartitionOf(
    sizes.reduce((items, size) => items * size, 1),
    countOf(units),
    n * k,
  );
  const lanes = { units, lane: column, step: row, element: elementOf(dtypes[view.slot]!) };
  const code = module.function({ params: parametersOf(scans) }, (scope) => {
    const [base, from, to] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
    const strides = batch.map(({ stride }) => 4 * stride);
    const panel = i32.const(4 * tileColumns * k);
    return [
      set(base, addressOf(context, view, kernelParameters(scope).iterations)),
      eachItem(partition, scope, (item, range): Code => [
        set(from, i32.add(get(base), offsetOf(item, sizes, strides))),
        set(to, i32.add(i32.add(context.panels(panels), i32.mul(get(item), i32.const(matrixBytes(right)))), i32.mul(range.from, panel))),
        packLanes(module, lanes, range, { from: get(from), to: get(to), k: i32.const(k) }),
      ]),
    ];
  });
  return { code, parts: partsOf(partition), workspaceBytes: 0 };
}
