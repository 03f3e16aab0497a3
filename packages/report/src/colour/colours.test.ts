import { expect, test } from "vitest";
import { type Lab, labOf, labOfLinear, type Linear, linearOf, luminance } from "./lab.ts";
import { pageColours, seriesColours } from "./palette.ts";
import { letterColour, letterPairs, levels, type Ramp, rampColours } from "./ramps.ts";

/** Machado, Oliveira & Fernandes 2009, severity 1, on linear light. */
const sights: Readonly<Record<string, readonly Linear[]>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "no red": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "no green": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "no blue": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const themes = [
  ["light", 0],
  ["dark", 1],
] as const;

function seen(hex: string, sight: readonly Linear[]): Lab {
  const [r, g, b] = linearOf(hex);
  const [red = 0, green = 0, blue = 0] = sight.map(([x, y, z]) => Math.min(1, Math.max(0, x * r + y * g + z * b)));
  return labOfLinear([red, green, blue]);
}

const distance = (a: Lab, b: Lab): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** WCAG 2.2: from 1 to 21. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test.each(themes)("on a %s page every series stands off the page, and off every other for every kind of sight", (_, theme) => {
  const hexes = seriesColours.map((pair) => pair[theme]);
  for (const hex of [...hexes, pageColours.truth[theme]]) expect(contrast(hex, pageColours.page[theme])).toBeGreaterThanOrEqual(3);
  for (const [kind, sight] of Object.entries(sights))
    for (const [i, a] of hexes.entries())
      for (const [j, b] of hexes.slice(0, i).entries())
        expect(distance(seen(a, sight), seen(b, sight)), `${i} and ${j}, ${kind}`).toBeGreaterThan(i < 4 ? 0.1 : 0.07);
});

test.each(themes)("on a %s page what is written has a contrast of 4.5", (_, theme) => {
  for (const name of ["ink", "soft", "warn", "good"] as const)
    expect(contrast(pageColours[name][theme], pageColours.page[theme])).toBeGreaterThanOrEqual(4.5);
});

test.each(["sequential", "diverging"] as const)("letters have a contrast of 4.5 on every step of the %s ramp", (ramp: Ramp) => {
  for (const [, theme] of themes)
    for (const [level, pair] of rampColours(ramp).entries()) {
      const [, name] = /^var\(--on-(\w\w)\)$/.exec(letterColour(ramp, level))!;
      const colour = letterPairs[name as keyof typeof letterPairs][theme] === "#000" ? "#000000" : "#ffffff";
      expect(contrast(colour, pair[theme]), `${level}, ${theme}`).toBeGreaterThanOrEqual(4.5);
    }
});

test.each(themes)("on a %s page more is farther from the page at every step", (_, theme) => {
  const lightness = (ramp: Ramp) => rampColours(ramp).map((pair) => labOf(pair[theme])[0] * (theme === 0 ? -1 : 1));
  const sequential = lightness("sequential"),
    middle = (levels.diverging - 1) / 2,
    diverging = lightness("diverging");
  for (const rising of [sequential, diverging.slice(middle), diverging.slice(0, middle + 1).toReversed()])
    for (const [i, value] of rising.slice(1).entries()) expect(value).toBeGreaterThan(rising[i]!);
});
