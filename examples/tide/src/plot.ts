// Lines as an SVG. It knows no models.

const [wide, high, margin] = [720, 180, 6];
/** Room for what is written at the right. */
const aside = 56;

export interface Plot {
  /** Values from the left to the right edge. */
  readonly width: number;
  /** Each by its class. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
  /** What to write beside the highest and the lowest value. */
  readonly label: (value: number) => string;
}

export function plot({ width, lines, label }: Plot): string {
  const all = Object.values(lines).flat();
  const [low, top] = [Math.min(...all), Math.max(...all)];
  const x = (i: number): number => (i / Math.max(1, width - 1)) * (wide - aside);
  const y = (value: number): number => high - margin - ((value - low) / (top - low || 1)) * (high - 2 * margin);
  const drawn = Object.entries(lines).map(
    ([name, values]) =>
      `<polyline class="${name}" points="${values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}"/>`,
  );
  const labels = [top, low].map((value) => `<text x="${wide}" y="${y(value).toFixed(1)}">${label(value)}</text>`);
  return `<svg viewBox="0 0 ${wide} ${high}" role="img">${drawn.join("")}${labels.join("")}</svg>`;
}
