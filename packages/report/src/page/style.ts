// How a page looks, in light and in dark, on screens, phones and paper.
import { pageColours, seriesColours } from "../colour/palette.ts";
import { letterPairs, levels, type Ramp, rampColours } from "../colour/ramps.ts";

type Pair = readonly [light: string, dark: string];

const ramps: readonly Ramp[] = ["sequential", "diverging"];
const colours: readonly (readonly [name: string, pair: Pair])[] = [
  ...Object.entries(pageColours),
  ["bar", ["#a9b0b7", "#5f6871"]],
  ...seriesColours.map((pair, i) => [`c${i}`, pair] as const),
  ...ramps.flatMap((ramp) => rampColours(ramp).map((pair, i) => [`${ramp.charAt(0)}${i}`, pair] as const)),
  ...Object.entries(letterPairs).map(([name, pair]) => [`on-${name}`, pair] as const),
];

const variables = (theme: 0 | 1): string => colours.map(([name, pair]) => `--${name}:${pair[theme]}`).join(";");
const gradient = (ramp: Ramp): string =>
  `.ramp.${ramp} { background: linear-gradient(to right, ${Array.from({ length: levels[ramp] }, (_, i) => `var(--${ramp.charAt(0)}${i})`).join(",")}); }`;

/** Figures of one panel are as wide as the page, of several as wide as their part of it. */
export const widths = { gap: 28, narrow: 350 } as const;

/** For a page whose content is so wide, in pixels. */
export function style(width: number): string {
  return `${sheet}main { max-width: ${width}px; }\n`;
}

const sheet = `
:root { color-scheme: light dark; ${variables(0)} }
@media (prefers-color-scheme: dark) { :root { ${variables(1)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; -webkit-text-size-adjust: 100%; overflow-wrap: break-word; }
main { margin: 0 auto; padding: clamp(28px, 6vw, 72px) 20px 72px; box-sizing: content-box; }
h1 { margin: 0 0 12px; font-size: clamp(28px, 5vw, 42px); line-height: 1.12; letter-spacing: -0.02em; font-weight: 650; text-wrap: balance; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 24px; letter-spacing: -0.01em; font-weight: 650; overflow-wrap: anywhere; }
h3 { margin: 0; font-size: 18px; letter-spacing: -0.005em; font-weight: 650; overflow-wrap: anywhere; }
h4 { margin: 0 0 2px; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
header p { margin: 0 0 8px; max-width: 38em; font-size: 18px; color: var(--soft); text-wrap: pretty; }
section { margin-top: 60px; }
section > p { margin: 6px 0 0; max-width: 46em; color: var(--soft); text-wrap: pretty; }
section > h3, section > .scrolled, section > details, section > dl { margin-top: 24px; }
figure { margin: 44px 0 0; }
h2 + figure { margin-top: 28px; }
figcaption p { margin: 4px 0 0; max-width: 46em; color: var(--soft); text-wrap: pretty; }
.note { margin: 4px 0 0; color: var(--soft); font-size: 14px; }
.panels + .note { margin-top: 8px; }
.warning { color: var(--warn); }
.nothing { margin: 0; padding: 20px; border: 1px dashed var(--faint); border-radius: 6px; color: var(--soft); font-size: 14px; text-align: center; }
.panels { display: grid; gap: 24px ${widths.gap}px; margin-top: 14px; }
.panels.two { grid-template-columns: repeat(2, minmax(0, 1fr)); }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: 3px; }
a:focus-visible, summary:focus-visible, .scrolled:focus-visible { outline: 2px solid var(--c0); outline-offset: 3px; }

table { border-collapse: collapse; font-size: 15px; font-variant-numeric: tabular-nums; min-width: min(100%, 360px); }
th, td { padding: 6px 0 6px 20px; text-align: right; border-bottom: 1px solid var(--faint); font-weight: 400; white-space: nowrap; vertical-align: baseline; }
th:first-child { padding-left: 0; text-align: left; position: sticky; left: 0; background: var(--page); }
.words { text-align: left; }
thead th { font-size: 13px; color: var(--soft); vertical-align: bottom; white-space: normal; line-height: 1.3; }
td small, th small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); white-space: normal; }
.strong { font-weight: 650; }
.good { color: var(--good); font-weight: 650; }
.bad { color: var(--warn); font-weight: 650; }
.soft { color: var(--soft); }
.scrolled { overflow-x: auto; }
.scrolled table { width: 100%; }
.meter { display: block; width: 100%; min-width: 72px; height: 4px; margin-top: 3px; }
.meter rect { fill: var(--bar); }
.strong .meter rect { fill: var(--c0); }

.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 14px; }
.legend li { display: flex; align-items: center; min-width: 0; overflow-wrap: anywhere; }
.key { flex: none; width: 22px; height: 14px; margin-right: 7px; fill: none; overflow: visible; }
.legend .scale { display: grid; grid-template-columns: 1fr auto 1fr; gap: 2px 10px; width: 260px; max-width: 100%; font-size: 12px; color: var(--soft); font-variant-numeric: tabular-nums; }
.scale span:nth-child(3) { text-align: right; }
.ramp { grid-area: 1 / 1 / 2 / 4; height: 10px; border-radius: 2px; }
${ramps.map(gradient).join("\n")}

.plot { display: block; width: 100%; height: auto; overflow: visible; }
.plot text { font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; white-space: pre; paint-order: stroke; stroke-linejoin: round; }
.plot [font-weight] text, .plot text[font-weight] { font-weight: 650; }
.plot.narrow { display: none; max-width: 480px; }
@media (max-width: 700px) {
  .plot.wide { display: none; }
  .plot.narrow { display: block; }
  .panels.two { grid-template-columns: minmax(0, 1fr); }
  th, td { padding-left: 14px; }
  th:first-child { white-space: normal; min-width: 112px; line-height: 1.3; }
}

dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; margin: 0 0 24px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 700px) { dl { display: block; } dt { font-size: 13px; } dd { margin-bottom: 8px; } }
details { border-top: 1px solid var(--faint); padding: 10px 0; margin-top: 14px; }
details + details { margin-top: 0 !important; }
section > details:last-child { border-bottom: 1px solid var(--faint); }
summary { cursor: pointer; color: var(--soft); font-size: 14px; }
details .scrolled { margin-top: 10px; max-height: 480px; overflow: auto; }
details table { font-size: 14px; }
@media print { details { display: none; } figure, section > .scrolled { break-inside: avoid; } }
`;
