// Where in a Program the right operands of products are packed ahead. prepack.ts says whether that pays,
// panels.ts how panels look; linking emits what is planned.
import type { Kernel, MatmulStep, Program, ScanStep, Step } from "@sluice/core";
import { sitesOf } from "@sluice/core/kit";
import { prepackOf, writesOf } from "./prepack.ts";
import { type RightOperand, panelBytes } from "./panels.ts";
import { isParallel } from "./parallelScan.ts";

/** A Program's steps, and between them the packing of panels. */
export type PlannedStep =
  /** With `panels`, a matmul whose right operand lies packed in the panels of that number. */
  | { readonly kind: "kernel"; readonly step: Kernel; readonly panels?: number }
  /** Fills the panels of that number. */
  | { readonly kind: "pack"; readonly panels: number; readonly right: RightOperand }
  /** `isParallel`: its iterations share only data that they read, and pack nothing, so they may run in parallel. */
  | { readonly kind: "scan"; readonly length: number; readonly body: readonly PlannedStep[]; readonly isParallel: boolean };

export interface Panels {
  /** A multiple of 32. */
  readonly bytes: number;
  /** The bound slot that they hold, which the Program only reads: they are good until its buffer is written or another is bound. */
  readonly cachedSlot?: number;
}

/**
 * The steps of a Program without f64, and packing between them: right before the outermost scan in which an operand is loop-invariant, or,
 * if it stays valid for later runs, at the very beginning. A product may become its transpose.
 */
export function planPanels({ slots, steps }: Program): { readonly ops: readonly PlannedStep[]; readonly panels: readonly Panels[] } {
  const dtypes = slots.map(({ dtype }) => dtype);
  const written = new Set(writesOf(sitesOf(steps)).map(({ view }) => view.slot));
  const isPersistent = (slot: number): boolean => slots[slot]!.binding !== undefined && !written.has(slot);
  const panels: Panels[] = [];
  const first: PlannedStep[] = [];
  const kept = new Map<string, number>();

  const pack = (into: PlannedStep[], right: RightOperand, cachedSlot?: number): number => {
    const at = panels.push({ bytes: panelBytes(right), ...(cachedSlot === undefined ? {} : { cachedSlot }) }) - 1;
    into.push({ kind: "pack", panels: at, right });
    return at;
  };
  const keep = (right: RightOperand): number => {
    const key = JSON.stringify(right);
    const at = kept.get(key) ?? pack(first, right, right.view.slot);
    kept.set(key, at);
    return at;
  };
  /** `lists[d]` takes what comes next inside d scans. */
  const product = (step: MatmulStep, loops: readonly ScanStep[], lists: readonly PlannedStep[][]): PlannedStep => {
    const prepack = prepackOf(step, loops, dtypes, isPersistent);
    const group = loops.findIndex(isParallel);
    const scans = prepack?.right.view.advance.length ?? 0;
    if (prepack === undefined || (group >= 0 && scans > group)) return { kind: "kernel", step };
    const { right } = prepack;
    return { kind: "kernel", step: prepack.step, panels: prepack.isPersistent ? keep(right) : pack(lists[scans]!, right) };
  };
  const visit = (body: readonly Step[], loops: readonly ScanStep[], outer: readonly PlannedStep[][]): PlannedStep[] => {
    const ops: PlannedStep[] = [];
    const lists = [...outer, ops];
    for (const step of body)
      if (step.kind === "scan") {
        const inner = visit(step.body, [...loops, step], lists); // may add to `ops`
        ops.push({ kind: "scan", length: step.length, body: inner, isParallel: isParallel(step) });
      } else ops.push(step.kind === "matmul" ? product(step, loops, lists) : { kind: "kernel", step });
    return ops;
  };

  const ops = visit(steps, [], []);
  return { ops: [...first, ...ops], panels };
}
