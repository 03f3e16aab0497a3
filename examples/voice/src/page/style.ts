// How the page looks, by day and by night.

export const style = `
:root { color-scheme: light dark; --ink: light-dark(#1c2024, #e8eaec); --soft: light-dark(#5b636b, #9aa3ab); --paper: light-dark(#fcfcfa, #15181b);
  --line: light-dark(#d8dbd7, #333a40); --voice: light-dark(#2f5fd0, #7ea2f5); --label: light-dark(#c2571a, #f0a06a); }
body { margin: 0; background: var(--paper); }
main { max-width: 720px; margin: 32px auto; padding: 0 20px; color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 28px; letter-spacing: -0.01em; }
p { margin: 4px 0; color: var(--soft); }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 20px 0 12px; }
button, .file { padding: 8px 14px; border: 1px solid var(--line); border-radius: 8px; background: none; color: inherit; font: inherit; cursor: pointer; }
button:hover:enabled, .file:hover { border-color: var(--voice); }
button:focus-visible, .file:focus-within { outline: 2px solid var(--voice); outline-offset: 2px; }
button:disabled { color: var(--soft); cursor: default; }
button.held { background: var(--label); border-color: var(--label); color: var(--paper); }
.file input { position: absolute; opacity: 0; width: 1px; height: 1px; }
.status { min-height: 3em; color: var(--ink); font-variant-numeric: tabular-nums; }
.status.speaking::before { content: ""; display: inline-block; width: 10px; height: 10px; margin-right: 8px; border-radius: 50%; background: var(--voice); }
svg { display: block; width: 100%; border-bottom: 1px solid var(--line); }
.voice { fill: var(--voice); }
.label { fill: var(--label); }
ol { margin: 12px 0 0; padding-left: 1.6em; columns: 2; color: var(--soft); font-variant-numeric: tabular-nums; }
`;
