// How the report looks.

export const style = `
:root { color-scheme: light dark; --page: #fcfcfa; --ink: #1c2024; --soft: #646b73; --faint: #e4e6e3; --model: #2f5fd0; --truth: #a9afb6; --train: #b88a4a; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --ink: #e8eaec; --soft: #99a1a9; --faint: #2a2f34; --model: #86abff; --truth: #69727b; --train: #d3a768; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 860px; margin: 0 auto; padding: clamp(28px, 6vw, 72px) 20px 72px; box-sizing: content-box; }
h1 { margin: 0 0 12px; font-size: clamp(28px, 5vw, 42px); line-height: 1.12; letter-spacing: -0.02em; font-weight: 650; text-wrap: balance; }
h2 { margin: 0; font-size: 20px; letter-spacing: -0.01em; font-weight: 650; }
header p { margin: 0; max-width: 38em; font-size: 18px; color: var(--soft); text-wrap: pretty; }
figure { margin: 56px 0 0; }
figcaption p { margin: 4px 0 10px; max-width: 44em; color: var(--soft); }
section { margin-top: 56px; }

table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 0 7px 16px; text-align: right; border-bottom: 1px solid var(--faint); font-weight: 400; }
th:first-child { padding-left: 0; text-align: left; }
thead th { font-size: 13px; color: var(--soft); vertical-align: bottom; }
.scores { margin-top: 36px; }
.scores small { display: block; font-size: 13px; color: var(--soft); }
.scores .ours { font-weight: 650; }
.scores .ours th { font-weight: 650; }
.scores .ours small { font-weight: 400; }
.meter { width: 34%; }
.meter span { display: block; height: 8px; border-radius: 2px; background: var(--truth); }
.ours .meter span { background: var(--model); }

.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 0 0 6px; padding: 0; list-style: none; font-size: 14px; }
.key { display: inline-block; width: 18px; height: 0; margin-right: 8px; vertical-align: middle; border-top: 3px solid; border-radius: 2px; }
.key.truth { border-color: var(--truth); }
.key.model { border-color: var(--model); }
.key.train { border-color: var(--train); }
.key.rule { border-top: 2px dashed var(--soft); border-radius: 0; }
.key.bars { width: 12px; height: 12px; border: 0; background: var(--model); opacity: 0.85; }

svg { display: block; width: 100%; height: auto; overflow: visible; }
svg.narrow { display: none; }
@media (max-width: 640px) {
  svg.wide { display: none; }
  svg.narrow { display: block; }
  .scores th:nth-child(3), .scores td:nth-child(3), .scores th:nth-child(4), .meter { display: none; }
}
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
svg .note { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
svg .grid { stroke: var(--faint); }
svg .grid.zero { stroke: var(--soft); }
polyline { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
polyline.truth { stroke: var(--truth); stroke-width: 2.5; }
polyline.model { stroke: var(--model); }
polyline.train { stroke: var(--train); }
.rule { stroke: var(--soft); stroke-dasharray: 4 4; }
.best { fill: var(--page); stroke: var(--model); stroke-width: 2.5; }
rect.bars { fill: var(--model); opacity: 0.85; }
.lens rect { fill: transparent; }
.lens > :not(rect) { visibility: hidden; pointer-events: none; }
.lens:hover > * { visibility: visible; }
.lens line { stroke: var(--soft); }
.lens text { fill: var(--ink); white-space: pre; paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
.lens circle { stroke: var(--page); stroke-width: 1.5; }
circle.truth { fill: var(--truth); }
circle.model { fill: var(--model); }

dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; margin: 14px 0 24px; }
dt { color: var(--soft); }
dd { margin: 0; }
@media (max-width: 640px) { dl { display: block; } dt { font-size: 13px; } dd { margin-bottom: 8px; } }
details { border-top: 1px solid var(--faint); padding: 10px 0; }
details:last-child { border-bottom: 1px solid var(--faint); }
summary { cursor: pointer; }
@media print { details { display: none; } }
`;
