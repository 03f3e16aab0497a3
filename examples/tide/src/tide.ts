// A tide made of its two largest constituents, hour by hour, and the windows that a model learns it from.
import type { HostArray } from "@sluice/core";

/** Hours that the model reads. */
export const lookBack = 8;

/** Water levels in metres: periods of 12.42 h (the moon) and 12 h (the sun), one large and one small. */
export const series: readonly number[] = Array.from(
  { length: 144 + lookBack },
  (_, hour) => 0.7 * Math.sin((2 * Math.PI * hour) / 12.42) + 0.3 * Math.sin((2 * Math.PI * hour) / 12),
);

/** x [samples, 8, 1]: levels; y [samples, 1]: the level of the hour after. */
export function windows(): { readonly x: HostArray; readonly y: HostArray } {
  const samples = series.length - lookBack;
  return {
    x: {
      dtype: "f32",
      shape: [samples, lookBack, 1],
      data: Float32Array.from({ length: samples * lookBack }, (_, i) => series[Math.floor(i / lookBack) + (i % lookBack)]!),
    },
    y: { dtype: "f32", shape: [samples, 1], data: Float32Array.from(series.slice(lookBack)) },
  };
}
