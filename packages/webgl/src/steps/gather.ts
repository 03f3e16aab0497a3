// gather: a thread per element looks its row up.
import type { GatherStep } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import type { Limits } from "../gpu/limits.ts";
import { covers, locate } from "../source/locate.ts";
import { dispatch } from "./dispatch.ts";
import { element, term } from "./loads.ts";
import type { Pass } from "./pass.ts";
import { type Place, memberOf, readsOf, regionOf, stepsOf } from "./regions.ts";

export function gather({ table, index, out }: GatherStep, limits: Limits): Pass[] {
  if (sizeOf(out.shape) === 0) return [];
  const region = regionOf(out);
  const members = [memberOf(region, out, stepsOf(out))];
  const isWhole = covers(members, region.length);
  const rows = table.shape[0]!;
  const { textures, places } = readsOf(rows === 0 ? [] : [index, table], limits.slots);
  const found = ([at, from]: [Place, Place]): string[] => [
    `const row = ${element(at, term("i0", index.strides[0]!))};`,
    `if (row >= 0 && row < ${rows}) { r = ${element(from, [...term("row", table.strides[0]!), ...term("i1", table.strides[1]!)])}; }`,
  ];
  return [
    dispatch({
      reads: textures,
      old: isWhole ? undefined : region,
      lines: (old) => [
        ...locate(members, region.length),
        `let r = ${isWhole ? "0" : old};`,
        "if (m > -1) {",
        "r = nan;",
        ...(rows === 0 ? [] : found(places as [Place, Place])),
        "}",
        "return r;",
      ],
      specials: true,
      outputs: [region],
      length: region.length,
    }),
  ];
}
