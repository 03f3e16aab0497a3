// How the page looks.
import { colours } from "./palette.ts";

const light = colours.map(([colour], i) => `--c${i}: ${colour};`).join(" ");
const dark = colours.map(([, colour], i) => `--c${i}: ${colour};`).join(" ");
const series = colours.map((_, i) => `.c${i} { --own: var(--c${i}); }`).join("\n");

export const style = `
:root { color-scheme: light dark; --page: #fcfcfa; --ink: #1c2024; --soft: #61686f; --faint: #e3e5e2; --ours: #2563d9; --peer: #a3abb3; --warn: #a64b00; ${light} }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --ink: #e8eaec; --soft: #9aa2aa; --faint: #2b3035; --ours: #7ea8ff; --peer: #5f6871; --warn: #f0a35e; ${dark} }
}
${series}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 1080px; margin: 0 auto; padding: clamp(28px, 6vw, 72px) 20px 72px; box-sizing: content-box; }
h1 { margin: 0 0 12px; font-size: clamp(28px, 5vw, 42px); line-height: 1.12; letter-spacing: -0.02em; font-weight: 650; text-wrap: balance; }
h2 { margin: 0; font-size: 24px; letter-spacing: -0.01em; font-weight: 650; }
h3 { margin: 0; font-size: 16px; font-weight: 650; overflow-wrap: anywhere; }
header p { margin: 0 0 8px; max-width: 40em; font-size: 18px; color: var(--soft); text-wrap: pretty; }
section { margin-top: 64px; }
.lead, section > p { margin: 4px 0 20px; max-width: 46em; color: var(--soft); text-wrap: pretty; }
figure { margin: 32px 0 0; }
figcaption p { margin: 0 0 10px; max-width: 46em; color: var(--soft); }
a { color: inherit; text-decoration-color: var(--faint); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }

table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 0 6px 18px; text-align: right; border-bottom: 1px solid var(--faint); font-weight: 400; white-space: nowrap; }
th:first-child { padding-left: 0; text-align: left; position: sticky; left: 0; background: var(--page); }
thead th { color: var(--soft); vertical-align: bottom; }
.overview thead th { white-space: normal; line-height: 1.25; }
.overview { min-width: 100%; }
.best { font-weight: 650; }
.none { color: var(--soft); }
.worse td:nth-child(3), .missed td:last-child { color: var(--warn); font-weight: 650; }
.better td:nth-child(3), .met td:last-child { color: var(--c1); font-weight: 650; }
.scrolled { overflow-x: auto; }
.scrolled:focus-visible { outline: 2px solid var(--ours); outline-offset: 4px; }

.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 8px; padding: 0; list-style: none; font-size: 14px; }
.key { display: inline-block; width: 11px; height: 11px; margin-right: 7px; border-radius: 50%; border: 2.5px solid var(--own); background: var(--own); }
.key.peer { background: transparent; }
.warning { margin: 4px 0 0; color: var(--warn); font-size: 14px; }
.reasons { margin: 6px 0 0; padding: 0; list-style: none; font-size: 14px; color: var(--soft); overflow-wrap: anywhere; }
.reasons b { font-weight: 400; color: var(--ink); margin-right: 4px; }

svg { display: block; width: 100%; height: auto; overflow: visible; }
svg.narrow { display: none; }
@media (max-width: 640px) { svg.wide { display: none; } svg.narrow { display: block; } }
svg text { fill: var(--soft); font: 13px system-ui, sans-serif; font-variant-numeric: tabular-nums; white-space: pre; }
svg .name { fill: var(--ink); }
svg .value { fill: var(--ink); }
.backend .name { font-weight: 650; }
rect { fill: var(--peer); }
.backend rect { fill: var(--ours); }
.whisker { stroke: var(--ink); stroke-width: 2; }
.cut { stroke: var(--page); stroke-width: 3; }
.grid, .lane { stroke: var(--faint); }
.rule { stroke: var(--soft); stroke-dasharray: 4 4; }
.dot { fill: var(--own); stroke: var(--own); stroke-width: 2; }
.dot.peer { fill: var(--page); }
polyline { fill: none; stroke: var(--own); stroke-width: 1.75; stroke-linejoin: round; }
svg .series { fill: var(--own); }

dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; margin: 14px 0 24px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  th, td { padding-left: 12px; }
  th:first-child { white-space: normal; min-width: 118px; line-height: 1.3; }
}
@media (max-width: 640px) { dl { display: block; } dt { font-size: 13px; } dd { margin-bottom: 8px; } }
details { margin-top: 8px; }
summary { cursor: pointer; color: var(--soft); font-size: 14px; }
@media print { details { display: none; } }
`;
