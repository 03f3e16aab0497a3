// What one sample looks like, with its axes by name: what layers are built for and what error messages show.
import type { Shape } from "@sluice/core";
import { boolean, oneOf, refused, shape, text } from "@sluice/core/arguments";
import { listOf } from "../options/rules.ts";
import { given, optional, required, type Table } from "../options/table.ts";

/** Numbers in the model's own floating type, or indices. */
export type Kind = "float" | "i32";

/** One sample: its shape without the batch, a name for each axis, and what it holds. */
export interface Spec {
  readonly shape: Shape;
  readonly axes: readonly string[];
  readonly dtype: Kind;
  /** Whether it has fewer steps than the data, as samples of a bucket have: who says how many there are takes these too. Default false. */
  readonly isCut?: boolean;
}

const specTable = {
  shape: required(shape),
  axes: required(listOf(text)),
  dtype: required(oneOf("float", "i32")),
  isCut: optional(boolean),
} satisfies Table<Spec>;

/** A copy. Throws INVALID_ARGUMENT for what is no sample. */
export function checkedSpec(who: string, sample: Spec): Spec {
  const spec = given(who, specTable, sample);
  if (spec.axes.length !== spec.shape.length) throw refused(who, "axes", spec.axes, `a name for each of ${spec.shape.length} axes`);
  return spec;
}

/** A sample of this shape, its axes named as sequences are: […, steps, features], or [steps] for indices. */
export function specOf(shape: Shape, dtype: Kind): Spec {
  const known = dtype === "i32" ? ["steps"] : ["steps", "features"];
  const axes = shape.map((_, d) => known[d - shape.length + known.length] ?? `axis${d + 1}`);
  return { shape, axes, dtype };
}

/** How many steps there are, where the first axis is theirs. */
export function stepsOf({ axes, shape }: Spec): number | undefined {
  return axes[0] === "steps" ? shape[0] : undefined;
}

/** Sizes by their names, as a weight has its axes; a name that comes again is numbered. */
export function axesBy(entries: readonly (readonly [name: string, size: number])[]): Readonly<Record<string, number>> {
  const axes: Record<string, number> = {};
  for (const [name, size] of entries) {
    let free = name;
    for (let i = 2; Object.hasOwn(axes, free); i++) free = `${name}${i}`;
    axes[free] = size;
  }
  return axes;
}

export function isSpec(value: unknown): value is Spec {
  return typeof value === "object" && value !== null && "shape" in value && "axes" in value;
}

/** "[batch, steps 30, features 9]" */
export function describe({ shape, axes }: Pick<Spec, "shape" | "axes">): string {
  return `[${["batch", ...shape.map((size, d) => `${axes[d]} ${size}`)].join(", ")}]`;
}
