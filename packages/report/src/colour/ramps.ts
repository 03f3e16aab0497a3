// Colours for amounts: from little to much, and from one side of a middle to the other. Lightness alone tells the order, so that no kind of colour blindness loses it.
import { hexOf, type Lab, labOf, luminance } from "./lab.ts";

export type Ramp = "sequential" | "diverging";

/** Ends and stations, from the lowest: light, dark. Little is near the page, much is far from it, in both. */
const stations: Readonly<Record<Ramp, readonly [light: readonly string[], dark: readonly string[]]>> = {
  sequential: [
    ["#f3f4ec", "#bfe0c3", "#5fb3b3", "#2a78a8", "#27408b", "#1a1446"],
    ["#1b2030", "#27427e", "#1f7a9c", "#3fb595", "#b3dc7b", "#fdf3b0"],
  ],
  diverging: [
    ["#0f3f86", "#5a97cf", "#f3f3ef", "#e08a5b", "#94300a"],
    ["#a8d4ff", "#3f86cc", "#1e2327", "#cf6a35", "#ffc79f"],
  ],
};

/** How many steps a ramp has: more than an eye tells apart. The diverging one has a middle. */
export const levels: Readonly<Record<Ramp, number>> = { sequential: 32, diverging: 33 };

/** Each step of a ramp, from the lowest, for a light page and for a dark one. */
export function rampColours(ramp: Ramp): readonly (readonly [light: string, dark: string])[] {
  const [light, dark] = stations[ramp].map((hexes) => hexes.map(labOf));
  if (light === undefined || dark === undefined) return [];
  return Array.from({ length: levels[ramp] }, (_, i) => {
    const at = i / (levels[ramp] - 1);
    return [hexOf(between(light, at)), hexOf(between(dark, at))];
  });
}

/** The step for a place in 0 … 1. */
export function levelOf(ramp: Ramp, at: number): number {
  return Math.round(Math.min(1, Math.max(0, at)) * (levels[ramp] - 1));
}

/** "var(--s12)" */
export function rampColour(ramp: Ramp, level: number): string {
  return `var(--${ramp.charAt(0)}${level})`;
}

/** The colour of letters on a step, black or white in a light page and in a dark one: "var(--on-kw)" is black, then white. Always 4.5 : 1 (WCAG 2.2, 1.4.3). */
export function letterColour(ramp: Ramp, level: number): string {
  return `var(--on-${letters[ramp][level] ?? "kw"})`;
}

/** Each pair of letter colours by its name. */
export const letterPairs = { kk: ["#000", "#000"], kw: ["#000", "#fff"], wk: ["#fff", "#000"], ww: ["#fff", "#fff"] } as const;

const letters: Readonly<Record<Ramp, readonly string[]>> = { sequential: pairsOn("sequential"), diverging: pairsOn("diverging") };

/** Black where the step is the lighter half by contrast: (L + 0.05)² ≥ 1.05 · 0.05. */
function pairsOn(ramp: Ramp): string[] {
  const on = (hex: string): string => ((luminance(hex) + 0.05) ** 2 >= 1.05 * 0.05 ? "k" : "w");
  return rampColours(ramp).map(([light, dark]) => on(light) + on(dark));
}

/** Along the stations, straight in OKLab. */
function between(labs: readonly Lab[], at: number): Lab {
  const place = at * (labs.length - 1),
    from = Math.min(labs.length - 2, Math.floor(place)),
    [a, b] = [labs[from], labs[from + 1]];
  if (a === undefined || b === undefined) return [0, 0, 0];
  const mixed = (i: 0 | 1 | 2): number => a[i] + (b[i] - a[i]) * (place - from);
  return [mixed(0), mixed(1), mixed(2)];
}
