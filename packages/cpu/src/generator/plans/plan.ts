// Where in a Program the right operands of products are packed ahead. Whether that pays is ahead.ts's, how panels look panels.ts's;
// program.ts runs the operations.
import type { Kernel, MatmulStep, Program, ScanStep, Step } from "@sluice/core";
import { sitesOf } from "@sluice/core/kit";
import { aheadOf, writesOf } from "./ahead.ts";
import { type Right, panelBytes } from "./panels.ts";
import { isParallel } from "./parallelScan.ts";

/** A Program's steps, and between them the packing of panels. */
export type Op =
  /** With `panels`, a matmul whose right operand lies packed in the panels of that number. */
  | { readonly kind: "kernel"; readonly step: Kernel; readonly panels?: number }
  /** Fills the panels of that number. */
  | { readonly kind: "pack"; readonly panels: number; readonly right: Right }
  /** Iterations of a parallel one pack nothing. */
  | { readonly kind: "scan"; readonly length: number; readonly body: readonly Op[]; readonly isParallel: boolean };

export interface Panels {
  /** A multiple of 32. */
  readonly bytes: number;
  /** The bound slot that they hold, which the Program only reads: they are good until its buffer is written or another is bound. */
  readonly keeps?: number;
}

/**
 * The operations of a Program without f64. What is packed ahead is packed right before the outermost
 * scan in which it neither moves nor is written, or, if it is good for later runs too, at the very beginning. A product may become its
 * transpose.
 */
export function planPanels({ slots, steps }: Program): { readonly ops: readonly Op[]; readonly panels: readonly Panels[] } {
  const dtypes = slots.map(({ dtype }) => dtype);
  const written = new Set(writesOf(sitesOf(steps)).map(({ view }) => view.slot));
  const lasts = (slot: number): boolean => slots[slot]!.binding !== undefined && !written.has(slot);
  const panels: Panels[] = [];
  const first: Op[] = [];
  const kept = new Map<string, number>();

  const pack = (into: Op[], right: Right, keeps?: number): number => {
    const at = panels.push({ bytes: panelBytes(right), ...(keeps === undefined ? {} : { keeps }) }) - 1;
    into.push({ kind: "pack", panels: at, right });
    return at;
  };
  const keep = (right: Right): number => {
    const key = JSON.stringify(right);
    const at = kept.get(key) ?? pack(first, right, right.view.slot);
    kept.set(key, at);
    return at;
  };
  /** `lists[d]` takes what comes next inside d scans. */
  const product = (step: MatmulStep, loops: readonly ScanStep[], lists: readonly Op[][]): Op => {
    const ahead = aheadOf(step, loops, dtypes, lasts);
    const group = loops.findIndex(isParallel);
    const scans = ahead?.right.view.advance.length ?? 0;
    if (ahead === undefined || (group >= 0 && scans > group)) return { kind: "kernel", step };
    const { right } = ahead;
    return { kind: "kernel", step: ahead.step, panels: ahead.lasts ? keep(right) : pack(lists[scans]!, right) };
  };
  const visit = (body: readonly Step[], loops: readonly ScanStep[], outer: readonly Op[][]): Op[] => {
    const ops: Op[] = [];
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
