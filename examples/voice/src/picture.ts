// Probabilities as a line of blocks, ten to a second or fewer where the terminal is narrow.

const blocks = "▁▂▃▄▅▆▇█";

/** The largest of each stretch, so that a short word is not lost. */
export function timeline(probabilities: readonly number[], width: number): string {
  const columns = Math.max(1, Math.min(width, probabilities.length));
  const at = (column: number): number => Math.floor((column * probabilities.length) / columns);
  return Array.from({ length: probabilities.length === 0 ? 0 : columns }, (_, column) => {
    const largest = Math.max(...probabilities.slice(at(column), at(column + 1)));
    return blocks.charAt(Math.min(blocks.length - 1, Math.floor(largest * blocks.length)));
  }).join("");
}
