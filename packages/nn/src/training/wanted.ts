// What an output that is to be learnt reads.
import type { Shape } from "@sluice/core";
import type { Target } from "../measures/measure.ts";

/** What an output that is to be learnt reads as its targets. */
export interface Wanted {
  targetFor(rows: Shape): Target;
  /** The inputs whose lengths say which of its steps count. */
  readonly lengthsOf: readonly string[];
  /** The loss of a whole sequence, by its name, which no label has a part of. */
  readonly wholeBy?: string | undefined;
}

/** The same for the rows that came. */
export interface Read extends Pick<Wanted, "lengthsOf"> {
  readonly target: Target;
}

/** Of the targets of a sample, the axes whose places can count each by a weight of its own: all but the features'. */
export function placesOf({ dtype, shape }: Target): Shape {
  return dtype === "i32" ? shape : shape.slice(0, -1);
}
