// reduce: a thread per result folds its terms in order; long folds are cut into pieces first, so that no thread works for long.
import type { ReduceStep, View } from "@sluice/core";
import { denseStrides, sizeOf } from "@sluice/core/kit";
import type { Limits } from "../gpu/limits.ts";
import { type Axis, axesOf, stepsAt } from "../source/axes.ts";
import { covers, locate, unravel } from "../source/locate.ts";
import { dispatch } from "./dispatch.ts";
import { type Loads, loadsFor } from "./loads.ts";
import type { Pass } from "./pass.ts";
import { memberOf, regionOf } from "./regions.ts";

/** Terms that one thread folds at most, where there is room for pieces. Issue 859 of gpu.js: a kernel that runs for long may return zeros. */
const most = 4096;
/** Where there are fewer results than this, even shorter folds are worth cutting: otherwise most of a GPU is idle. */
const few = 1024;

export function reduce(step: ReduceStep, limits: Limits): Pass[] {
  const { shape, folded, output } = step;
  const kept = sizeOf(output.shape);
  if (kept === 0) return [];
  const terms = sizeOf(shape.slice(shape.length - folded));
  const pieces = Math.min(piecesOf(terms, kept), Math.floor(limits.length / kept));
  if (pieces <= 1) return [whole(step, limits)];
  const piece = Math.ceil(terms / pieces);
  const over = [...output.shape, Math.ceil(terms / piece)];
  const sums: View = { slot: -1, offset: 0, shape: over, strides: denseStrides(over), advance: output.advance };
  const second: ReduceStep = { ...step, shape: over, folded: 1, body: [{ op: "load", input: 0 }], inputs: [sums] };
  return [inPieces(step, piece, limits), whole(second, limits)];
}

/** One, or about the square root of the terms, so that the second fold is as long as the first. */
function piecesOf(terms: number, kept: number): number {
  if (terms <= 256 || (terms <= most && kept >= few)) return 1;
  return kept >= few ? Math.ceil(terms / most) : Math.ceil(Math.sqrt(terms));
}

/** Folds all terms of a result in its thread and stores it. */
function whole(step: ReduceStep, limits: Limits): Pass {
  const { shape, folded, combine, output, accumulate } = step;
  const cut = shape.length - folded;
  const loads = needed(step, limits);
  const outer = axesOf(output.shape, [...loads.views.map(({ strides }) => strides.slice(0, cut)), output.strides]);
  const region = regionOf(output);
  const members = [memberOf(region, output, stepsAt(outer, -1))];
  const isWhole = covers(members, region.length);
  const { lines, specials } = fold(step, loads, outer, sizeOf(shape.slice(cut)));
  return dispatch({
    reads: loads.reads,
    old: isWhole && !accumulate ? undefined : region,
    lines: (old) => [
      ...locate(members, region.length),
      `let r = ${isWhole && !accumulate ? "0" : old};`,
      "if (m > -1) {",
      ...lines,
      `r = ${accumulate ? combined(combine, "r", "s") : "s"};`,
      "}",
      "return r;",
    ],
    specials,
    outputs: [region],
    length: region.length,
  });
}

/** Folds `piece` terms per thread, to a row of pieces for each result. */
function inPieces(step: ReduceStep, piece: number, limits: Limits): Pass {
  const { shape, folded, output } = step;
  const cut = shape.length - folded;
  const pieces = Math.ceil(sizeOf(shape.slice(cut)) / piece);
  const loads = needed(step, limits);
  const outer = axesOf(
    output.shape,
    loads.views.map(({ strides }) => strides.slice(0, cut)),
  );
  const { lines, specials } = fold(step, loads, outer, piece, "piece");
  return dispatch({
    reads: loads.reads,
    lines: () => [
      `const row = sluiceDivide(e, ${pieces});`,
      `const piece = e - row * ${pieces};`,
      ...unravel(
        outer.map(({ size }) => size),
        "row",
        "i",
      ),
      ...lines,
      "return s;",
    ],
    specials,
    outputs: [undefined],
    length: sizeOf(output.shape) * pieces,
  });
}

/** What the result of the body needs; nothing where there are no terms. */
function needed({ shape, folded, body, inputs }: ReduceStep, limits: Limits): Loads {
  const isEmpty = shape.slice(shape.length - folded).includes(0);
  return loadsFor(body, inputs, isEmpty ? [] : [body.length - 1], limits);
}

/** Lines that fold `count` terms into `s`: all of them, or those of the piece that the variable `piece` says. */
function fold(
  step: ReduceStep,
  loads: Loads,
  outer: readonly Axis[],
  count: number,
  piece?: string,
): { lines: string[]; specials: boolean } {
  const { shape, folded, combine, body } = step;
  const cut = shape.length - folded;
  const terms = sizeOf(shape.slice(cut));
  const inner = axesOf(
    shape.slice(cut),
    loads.views.map(({ strides }) => strides.slice(cut)),
  );
  const { lines, specials } = loads.lines(["i", outer], ["j", inner]);
  const sizes = inner.map(({ size }) => size);
  const [open, close] = terms % count > 0 ? [[`if (f < ${terms}) {`], ["}"]] : [[], []];
  const term = [...unravel(sizes, piece === undefined ? "k" : "f", "j"), ...lines, `s = ${combined(combine, "s", `v${body.length - 1}`)};`];
  return {
    lines: [
      `let s = ${combine === "sum" ? "0" : "-inf"};`,
      `for (let k = 0; k < ${count}; k++) {`,
      ...(piece === undefined ? [] : [`const f = ${piece} * ${count} + k;`]),
      ...open,
      ...(terms === 0 ? [] : term),
      ...close,
      "}",
    ],
    specials: specials || combine === "max",
  };
}

function combined(combine: ReduceStep["combine"], x: string, y: string): string {
  return combine === "sum" ? `${x} + ${y}` : `sluiceMax(${x}, ${y})`;
}
