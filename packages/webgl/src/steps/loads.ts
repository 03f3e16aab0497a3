// What a body loads, and its lines: shared by map and reduce.
import type { Instruction, View } from "@sluice/core";
import type { Limits } from "../gpu/limits.ts";
import type { Axis } from "../source/axes.ts";
import { type BodyLines, bodyLines, loadsOf } from "../source/body.ts";
import { type Place, type Region, readsOf } from "./regions.ts";

/** The axes of all loaded views, in their order, under the letter of the indices. */
export type Indices = readonly [letter: string, axes: readonly Axis[]];

export interface Loads {
  /** The inputs that are needed, in order. */
  readonly views: readonly View[];
  readonly reads: readonly (readonly Region[])[];
  /** The lines of the body at these indices. */
  lines(...indices: readonly Indices[]): BodyLines;
}

/** What `body` loads for the values `stored`. */
export function loadsFor(body: readonly Instruction[], inputs: readonly View[], stored: readonly number[], limits: Limits): Loads {
  const needed = [...loadsOf(body, stored)].sort((x, y) => x - y);
  const views = needed.map((input) => inputs[input]!);
  const { textures, places } = readsOf(views, limits.slots);
  return {
    views,
    reads: textures,
    lines: (...indices) =>
      bodyLines(body, stored, (input) => {
        const at = needed.indexOf(input);
        const terms = indices.flatMap(([letter, axes]) => axes.flatMap(({ strides }, axis) => term(`${letter}${axis}`, strides[at]!)));
        return element(places[at]!, terms);
      }),
  };
}

/** The element that lies as far from where all indices are 0 as the terms say. */
export function element({ texture, number, offset }: Place, terms: readonly string[]): string {
  return `t${texture}[${[`p${number}`, ...(offset === 0 ? [] : [`${offset}`]), ...terms].join(" + ")}]`;
}

/** What an index adds to a position. */
export function term(index: string, stride: number): string[] {
  if (stride === 0) return [];
  return [stride === 1 ? index : `${index} * ${stride}`];
}
