// Tiles row-independent scans by groups of rows, which threads compute without a barrier. A pure pass, Program to Program, same meaning.
import type { Program, ScanStep, Step } from "@sluice/core";
import { inRows, rowsOf, sitesOf, sizeOf } from "@sluice/core/kit";
import { tileRows } from "../plans/method.ts";
import type { ParallelScan } from "../plans/parallelScan.ts";

/** Two tiles of a product. */
const maxGroupRows = 8;
/** Of right operands that every group reads again in each iteration: they should stay in an inner cache. */
const maxResidentBytes = 2 ** 20;

/** How many rows each thread should take at a time through the scan inside `around`; undefined where threads do better to share its steps. */
export function groupRowsOf(scan: ScanStep, around: readonly number[]): number | undefined {
  const rows = rowsOf(scan, around);
  if (rows === undefined || sharedBytes(scan) > maxResidentBytes) return undefined;
  const sizes = Array.from({ length: Math.min(maxGroupRows, rows - 1) }, (_, i) => i + 1).filter((size) => rows % size === 0);
  const even = sizes.filter((size) => (rows / size) % 2 === 0); // three groups on two threads take as long as four
  return even.findLast((size) => size % tileRows === 0) ?? even.at(-1) ?? sizes.at(-1);
}

/** The Program with such scans inside parallel scans over their groups. */
export function groupRows(program: Program): Program {
  const visit = (steps: readonly Step[], around: readonly number[]): Step[] =>
    steps.map((step) => {
      if (step.kind !== "scan") return step;
      const rows = groupRowsOf(step, around);
      if (rows === undefined) return { ...step, body: visit(step.body, [...around, step.length]) };
      const grouped: ParallelScan = { ...inRows(step, rows, around.length), isParallel: true };
      return grouped;
    });
  return { ...program, steps: visit(program.steps, []) };
}

function sharedBytes({ body }: ScanStep): number {
  const rights = sitesOf(body).flatMap(({ kernel }) => (kernel.kind === "matmul" ? [kernel.b] : []));
  const shared = rights.filter(({ shape, strides }) => shape.length === 2 || strides[0] === 0);
  return shared.reduce((bytes, { shape }) => bytes + 4 * sizeOf(shape.slice(-2)), 0);
}
