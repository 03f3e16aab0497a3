// Tiles row-independent scans into groups of rows, so that threads run whole groups without a barrier inside. A pure pass, Program to Program, same meaning.
import type { Program, ScanStep, Step } from "@sluice/core";
import { inRows, rowsOf, sitesOf, sizeOf } from "@sluice/core/kit";
import { tileRows } from "../plans/method.ts";
import type { ParallelScan } from "../plans/parallelScan.ts";

/** Two tiles of a product. */
const maxGroupRows = 8;
/** Of right operands that every group reads again in each iteration: they should stay in an inner cache. */
const maxSharedBytes = 2 ** 20;

/** Rows per group for a scan inside scans of these lengths; undefined where it is not row-independent, or where its shared operands exceed the cache and threads had better split each step. */
export function rowGroupSize(scan: ScanStep, outerLengths: readonly number[]): number | undefined {
  const rows = rowsOf(scan, outerLengths);
  if (rows === undefined || sharedBytes(scan) > maxSharedBytes) return undefined;
  const sizes = Array.from({ length: Math.min(maxGroupRows, rows - 1) }, (_, i) => i + 1).filter((size) => rows % size === 0);
  const even = sizes.filter((size) => (rows / size) % 2 === 0); // three groups on two threads take as long as four
  return even.findLast((size) => size % tileRows === 0) ?? even.at(-1) ?? sizes.at(-1);
}

/** The Program with such scans inside parallel scans over their groups. */
export function groupRows(program: Program): Program {
  const visit = (steps: readonly Step[], outerLengths: readonly number[]): Step[] =>
    steps.map((step) => {
      if (step.kind !== "scan") return step;
      const rows = rowGroupSize(step, outerLengths);
      if (rows === undefined) return { ...step, body: visit(step.body, [...outerLengths, step.length]) };
      const grouped: ParallelScan = { ...inRows(step, rows, outerLengths.length), isParallel: true };
      return grouped;
    });
  return { ...program, steps: visit(program.steps, []) };
}

function sharedBytes({ body }: ScanStep): number {
  const rights = sitesOf(body).flatMap(({ kernel }) => (kernel.kind === "matmul" ? [kernel.b] : []));
  const shared = rights.filter(({ shape, strides }) => shape.length === 2 || strides[0] === 0);
  return shared.reduce((bytes, { shape }) => bytes + 4 * sizeOf(shape.slice(-2)), 0);
}
