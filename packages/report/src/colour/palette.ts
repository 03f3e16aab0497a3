// Colours by what they stand for, as CSS variables: the page says what they are in light and in dark, figures only name them.

/**
 * Of series, in their order, for a light and a dark page. Each stands off its page by 3 : 1 (WCAG 2.2, 1.4.11), and any two of them are apart in OKLab by 0.07
 * at least, also for the three kinds of colour blindness (Machado et al. 2009). The first four are apart by 0.1.
 */
export const seriesColours: readonly (readonly [light: string, dark: string])[] = [
  ["#1050c3", "#2d9dff"],
  ["#e2481c", "#fe5e25"],
  ["#298e79", "#2cd999"],
  ["#960e7e", "#c473ac"],
  ["#7b4c04", "#d5bb31"],
  ["#1491f4", "#b3edf8"],
  ["#333a41", "#b0b2e6"],
  ["#e65aac", "#c86066"],
];

/** Of what carries the page: light, dark. */
export const pageColours = {
  page: ["#fcfcfa", "#14171a"],
  ink: ["#1c2024", "#e8eaec"],
  soft: ["#5d646c", "#9aa2aa"],
  faint: ["#e3e5e2", "#2b3035"],
  truth: ["#868d94", "#7d868f"],
  warn: ["#a64b00", "#f0a35e"],
  good: ["#14715d", "#4fc4ac"],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

/** A line of the page's colours, as CSS has it. */
export const ink = "var(--ink)";
export const soft = "var(--soft)";
export const faint = "var(--faint)";
export const pageColour = "var(--page)";
/** What is compared with: behind everything, and off the page by 3 : 1. */
export const truthColour = "var(--truth)";
export const warn = "var(--warn)";

/** The colour of the series at this place; after the last it begins anew, with `dashes` to tell them apart. */
export function seriesColour(place: number): string {
  return `var(--c${place % seriesColours.length})`;
}

/** SVG's stroke-dasharray; none for the first round of colours. */
export function dashes(place: number): string | undefined {
  return [undefined, "7 3", "2 3", "9 3 2 3"][Math.floor(place / seriesColours.length) % 4];
}

export type DotSymbol = "circle" | "square" | "diamond" | "triangle";

/** The shape of a series' dots: a circle for the first round of colours. */
export function dotSymbol(place: number): DotSymbol {
  return (["circle", "square", "diamond", "triangle"] as const)[Math.floor(place / seriesColours.length) % 4] ?? "circle";
}
