// Cells of more rows and columns than can be seen, as fewer.

export interface Pooled {
  /** Where each cell stands on its ramp, 0 … 1, or NaN. */
  readonly places: readonly (readonly number[])[];
  /** How many rows and columns are one cell. */
  readonly tall: number;
  readonly broad: number;
}

export const mostRows = 300;
export const mostColumns = 500;

/** A cell of several has the mean of their places, and none where one of them has none: what is not finite is never hidden. */
export function pooled(values: readonly (readonly number[])[], place: (value: number) => number): Pooled {
  const [tall, broad] = [Math.ceil(values.length / mostRows), Math.ceil((values[0]?.length ?? 0) / mostColumns)];
  const places = values.map((row) => row.map(place));
  if (tall === 1 && broad === 1) return { places, tall, broad };
  const blocks = <T>(all: readonly T[], size: number): T[][] =>
    Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
  return {
    tall,
    broad,
    places: blocks(places, tall).map((rows) => {
      const columns = rows.map((row) => blocks(row, broad));
      return (columns[0] ?? []).map((_, i) => meanOf(columns.flatMap((row) => row[i] ?? [])));
    }),
  };
}

function meanOf(all: readonly number[]): number {
  return all.reduce((sum, one) => sum + one, 0) / all.length; // NaN stays NaN
}
