// scatter: a thread per element of the output goes through all indices and adds the rows that are its own, in ascending order.
import type { ScatterStep, View } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import type { Limits } from "../gpu/limits.ts";
import { locate } from "../source/locate.ts";
import { dispatch } from "./dispatch.ts";
import { element, term } from "./loads.ts";
import type { Pass } from "./pass.ts";
import { type Place, memberOf, readsOf, regionOf, stepsOf } from "./regions.ts";

/** Indices that one pass goes through at most: no thread works for long. */
const most = 4096;

export function scatter(step: ScatterStep, limits: Limits): Pass[] {
  const [count] = step.source.shape as [number, number];
  if (sizeOf(step.source.shape) === 0 || sizeOf(step.out.shape) === 0) return [];
  const parts = Array.from({ length: Math.ceil(count / most) }, (_, part) => part * most);
  return parts.map((from) => passOf(step, from, Math.min(most, count - from), limits));
}

/** Adds `count` rows of the source, those from row `from` on. */
function passOf({ source, index, out }: ScatterStep, from: number, count: number, limits: Limits): Pass {
  const rows = (view: View): View => ({
    ...view,
    offset: view.offset + from * view.strides[0]!,
    shape: [count, ...view.shape.slice(1)],
  });
  const region = regionOf(out);
  const { textures, places } = readsOf([rows(index), rows(source)], limits.slots);
  const [at, added] = places as [Place, Place];
  return dispatch({
    reads: textures,
    old: region,
    lines: (old) => [
      ...locate([memberOf(region, out, stepsOf(out))], region.length),
      `let r = ${old};`,
      "if (m > -1) {",
      `for (let k = 0; k < ${count}; k++) {`,
      `const row = ${element(at, term("k", index.strides[0]!))};`,
      `if (row == i0) { r = r + ${element(added, [...term("k", source.strides[0]!), ...term("i1", source.strides[1]!)])}; }`,
      "}",
      "}",
      "return r;",
    ],
    outputs: [region],
    length: region.length,
  });
}
