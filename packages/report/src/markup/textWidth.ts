// How wide text will be, without a font to ask: the widths of Helvetica's letters, rounded up, as fonts of systems differ by some per cent.

const narrow = new Set("iljtfrI.,:;|!'()[] /-1");
const wide = new Set("mwMWQO@%…—");

/** In pixels, for letters of this size. */
export function textWidth(text: string, size = 12): number {
  let ems = 0;
  for (const letter of text) ems += emsOf(letter);
  return ems * size;
}

/** Of the widest of them; 0 where there is none. */
export function widestOf(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}

/** As much of a text as has room, on one line, with an ellipsis where it is cut. */
export function cut(whole: string, room: number, size = 12): string {
  const text = whole.replaceAll(/\s+/g, " ");
  if (textWidth(text, size) <= room) return text;
  const letters = [...text];
  let kept = letters.length;
  while (kept > 1 && textWidth(`${letters.slice(0, kept).join("")}…`, size) > room) kept--;
  return `${letters.slice(0, kept).join("")}…`;
}

function emsOf(letter: string): number {
  if ((letter.codePointAt(0) ?? 0) > 0x2e7f) return 1.05; // scripts of East Asia, emoji
  if (narrow.has(letter)) return 0.4;
  if (wide.has(letter)) return 0.92;
  return /\p{Lu}/u.test(letter) ? 0.7 : 0.58;
}
