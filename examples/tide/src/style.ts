// How the page looks.

export const style = `
main { max-width: 720px; margin: 32px auto; padding: 0 20px; color: #1c2024; background: #fcfcfa; font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 28px; letter-spacing: -0.01em; }
p { margin: 4px 0; color: #646b73; }
.status { min-height: 3em; margin-top: 16px; color: #1c2024; font-variant-numeric: tabular-nums; }
figure { margin: 20px 0 0; }
figcaption { margin-bottom: 4px; }
small { color: #646b73; }
svg { display: block; width: 100%; border-bottom: 1px solid #d8dbd7; overflow: visible; }
text { fill: #646b73; font-size: 12px; text-anchor: end; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
polyline.truth { stroke: #a9afb6; stroke-width: 5; }
polyline.model { stroke: #2f5fd0; }
b.truth { color: #7b828a; }
b.model { color: #2f5fd0; }
`;
