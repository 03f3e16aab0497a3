// Pointers for views: one for all that move alike.
import type { View } from "@sluice/core";
import type { Nest } from "../../loops/nest.ts";

/** One pointer: what it points at first, and how many elements it moves along each axis. */
export interface Track {
  readonly view: Pick<View, "slot" | "offset" | "advance">;
  readonly strides: readonly number[];
}

export interface Tracks {
  readonly tracks: readonly Track[];
  /** Per view: its pointer, and how many elements beyond it the view lies; never negative. */
  readonly places: readonly { readonly track: number; readonly offset: number }[];
}

/** The pointers for views with these strides along the axes of a nest; one for each view where they are to be `apart`. */
export function tracksOf(views: readonly View[], { strides }: Nest, apart: boolean): Tracks {
  const keys = views.map(({ slot, advance }, v) => JSON.stringify(apart ? v : [slot, advance, strides[v]]));
  const order = [...new Set(keys)];
  const tracks = order.map((key): Track => {
    const alike = views.flatMap((_, v) => (keys[v] === key ? [v] : []));
    const first = alike.reduce((low, v) => (views[v]!.offset < views[low]!.offset ? v : low));
    return { view: views[first]!, strides: strides[first]! };
  });
  return {
    tracks,
    places: views.map(({ offset }, v) => {
      const track = order.indexOf(keys[v]!);
      return { track, offset: offset - tracks[track]!.view.offset };
    }),
  };
}
