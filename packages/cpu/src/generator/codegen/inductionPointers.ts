// Induction pointers: views of one slot with equal strides and advance share one pointer and differ by a constant offset.
import type { View } from "@sluice/core";
import type { Nest } from "../../loops/nest.ts";

/** One pointer: what it points at first, and how many elements it moves along each axis. */
export interface InductionPointer {
  readonly view: Pick<View, "slot" | "offset" | "advance">;
  readonly strides: readonly number[];
}

export interface InductionPointers {
  readonly pointers: readonly InductionPointer[];
  /** Per view: its pointer, and how many elements beyond it the view lies; never negative. */
  readonly ofView: readonly { readonly pointer: number; readonly offset: number }[];
}

/** The pointers for views with these strides along the axes of a nest; with `separatePointers`, one for each view. */
export function inductionPointersOf(views: readonly View[], { strides }: Nest, separatePointers: boolean): InductionPointers {
  const keys = views.map(({ slot, advance }, v) => JSON.stringify(separatePointers ? v : [slot, advance, strides[v]]));
  const order = [...new Set(keys)];
  const pointers = order.map((key): InductionPointer => {
    const alike = views.flatMap((_, v) => (keys[v] === key ? [v] : []));
    const first = alike.reduce((low, v) => (views[v]!.offset < views[low]!.offset ? v : low));
    return { view: views[first]!, strides: strides[first]! };
  });
  return {
    pointers,
    ofView: views.map(({ offset }, v) => {
      const pointer = order.indexOf(keys[v]!);
      return { pointer, offset: offset - pointers[pointer]!.view.offset };
    }),
  };
}
