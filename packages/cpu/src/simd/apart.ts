// Cuts scans with independent rows into groups of rows, which threads compute without meeting. A pure pass, Program to Program, same meaning.
import type { Program, ScanStep, Step } from "@sluice/core";
import { inRows, rowsOf, sitesOf, sizeOf } from "@sluice/core/kit";
import { tall } from "./matmul/method.ts";

/** Most rows in a group: two tiles of a product. */
const most = 8;
/** Bytes of right operands that every group reads again in each iteration: they should stay in an inner cache. */
const resident = 2 ** 20;

/** How many rows each thread should take at a time through the scan inside `around`; undefined where threads do better to share its steps. */
export function groupOf(scan: ScanStep, around: readonly number[]): number | undefined {
  const rows = rowsOf(scan, around);
  if (rows === undefined || sharedBytes(scan) > resident) return undefined;
  const sizes = Array.from({ length: Math.min(most, rows - 1) }, (_, i) => i + 1).filter((size) => rows % size === 0);
  const even = sizes.filter((size) => (rows / size) % 2 === 0); // three groups on two threads take as long as four
  return even.findLast((size) => size % tall === 0) ?? even.at(-1) ?? sizes.at(-1);
}

/** The Program with such scans inside scans over their groups, and the set of those: their iterations touch nothing in common. */
export function apart(program: Program): { readonly program: Program; readonly groups: ReadonlySet<Step> } {
  const groups = new Set<Step>();
  const visit = (steps: readonly Step[], around: readonly number[]): Step[] =>
    steps.map((step) => {
      if (step.kind !== "scan") return step;
      const size = groupOf(step, around);
      if (size === undefined) return { ...step, body: visit(step.body, [...around, step.length]) };
      const cut = inRows(step, size, around.length);
      groups.add(cut);
      return cut;
    });
  return { program: { ...program, steps: visit(program.steps, []) }, groups };
}

function sharedBytes({ body }: ScanStep): number {
  const rights = sitesOf(body).flatMap(({ kernel }) => (kernel.kind === "matmul" ? [kernel.b] : []));
  const shared = rights.filter(({ shape, strides }) => shape.length === 2 || strides[0] === 0);
  return shared.reduce((bytes, { shape }) => bytes + 4 * sizeOf(shape.slice(-2)), 0);
}
