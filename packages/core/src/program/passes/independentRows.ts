// Row-independent scans: each row of the leading axis runs through all iterations by itself, so that rows can be computed in any order, or at once.
import type { Kernel, ScanStep, View } from "../../backend.ts";
import { type Site, sitesOf, usesOf } from "../uses.ts";
import { extentOf } from "../views.ts";
import { mapKernels, mapViews } from "../rewrite.ts";

/**
 * How many rows a row-independent scan has, at least 2: none touches what another one writes; otherwise undefined. `around` are the lengths of the scans
 * around it.
 *
 * Proven by where things lie: all kernels of the scan have one leading axis; in each slot that is written there, its rows lie equally far
 * apart, and no view leaves its row in any iteration. Never wrong, but silent about layouts it does not know.
 */
export function rowsOf(scan: ScanStep, around: readonly number[] = []): number | undefined {
  const sites = sitesOf(scan.body, [], [...around, scan.length]);
  const rows = sites[0] && leadingSize(sites[0].kernel);
  if (rows === undefined || rows < 2 || sites.some(({ kernel }) => leadingSize(kernel) !== rows)) return undefined;
  const touched = sites.flatMap((site) => usesOf(site.kernel).map((use) => ({ ...use, ...site })));
  const written = new Set(touched.flatMap(({ access, view }) => (access === "read" ? [] : [view.slot])));
  const rowStrides = new Map<number, number>(); // from row to row, by slot
  const staysInRow = ({ kernel, role, view, lengths }: Site & { readonly role: string; readonly view: View }): boolean => {
    if (!isIndexedByRow(kernel, role)) return false;
    const distance = rowStrides.get(view.slot) ?? view.strides[0]!;
    rowStrides.set(view.slot, distance);
    return view.strides[0] === distance && isWithinRow(view, distance, rows, lengths);
  };
  return touched.every((use) => !written.has(use.view.slot) || staysInRow(use)) ? rows : undefined;
}

/**
 * A scan with independent rows (`rowsOf`) inside `depth` others, as a scan over groups of `size` rows, each of which runs through all
 * iterations. Whoever computes which group, and in which order, the results are the same. `size` divides the rows.
 */
export function inRows(scan: ScanStep, size: number, depth: number): ScanStep {
  const group = (shape: readonly number[]): number[] => [size, ...shape.slice(1)];
  const move = (view: View, by: number): View => ({ ...view, advance: view.advance.toSpliced(depth, 0, by) });
  const narrow = (kernel: Kernel): Kernel => {
    const narrowed = mapViews(kernel, (view, role) =>
      isIndexedByRow(kernel, role) ? move({ ...view, shape: group(view.shape) }, size * view.strides[0]!) : move(view, 0),
    );
    return "shape" in narrowed ? { ...narrowed, shape: group(narrowed.shape) } : narrowed;
  };
  const rows = leadingSize(sitesOf(scan.body)[0]!.kernel)!;
  return { kind: "scan", length: rows / size, body: [{ ...scan, body: mapKernels(scan.body, narrow) }] };
}

/** How long the leading axis of a kernel is; undefined where it has none. */
function leadingSize(kernel: Kernel): number | undefined {
  switch (kernel.kind) {
    case "map":
      return kernel.shape[0];
    case "reduce":
      return kernel.output.shape[0];
    case "matmul":
    case "gather":
      return kernel.out.shape[0];
    case "scatter":
      return kernel.source.shape[0];
  }
}

/** Does each row of a kernel have a row of this view to itself? The others are there for all rows. */
function isIndexedByRow(kernel: Kernel, role: string): boolean {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return true;
    case "matmul":
      return role !== "b" || kernel.b.shape.length > 2;
    case "gather":
      return role !== "table";
    case "scatter":
      return role !== "out";
  }
}

/** Is the r-th row of the view in the r-th of the rows that are so far apart, whichever iteration it is? They may come again and again. */
function isWithinRow(view: View, distance: number, rows: number, lengths: readonly number[]): boolean {
  if (distance <= 0) return false;
  const within = (by: number): number => (by % (rows * distance) === 0 ? 0 : by); // or else to a row of the same number
  const [strides, advance] = [view.strides.slice(1).map(within), view.advance.map(within)];
  const extent = extentOf({ ...view, shape: view.shape.slice(1), strides, advance }, lengths);
  if (extent === undefined) return true;
  const [first, last] = extent.map((element) => Math.floor(element / distance)) as [number, number];
  return first === last && first % rows === 0;
}
