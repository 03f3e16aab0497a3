// Probabilities as bars, with what was labelled as a line under them. It knows no network.

const [wide, high, under] = [720, 120, 6];
/** Chunks that are shown: some ten seconds. */
export const shown = 312;

export function drawing(probabilities: readonly number[], labels: readonly boolean[]): string {
  const first = Math.max(0, probabilities.length - shown),
    width = wide / shown;
  const bars = probabilities.slice(first).map((p, i) => {
    const height = Math.max(1, p * (high - under - 2));
    return `<rect class="voice" x="${(i * width).toFixed(1)}" y="${(high - under - height).toFixed(1)}" width="${(width - 0.3).toFixed(1)}" height="${height.toFixed(1)}"/>`;
  });
  const marks = labels
    .slice(first)
    .flatMap((label, i) =>
      label
        ? [`<rect class="label" x="${(i * width).toFixed(1)}" y="${high - under + 1}" width="${width.toFixed(1)}" height="${under - 2}"/>`]
        : [],
    );
  return `<svg viewBox="0 0 ${wide} ${high}" role="img" aria-label="Probability of speech over the last ten seconds">${bars.join("")}${marks.join("")}</svg>`;
}
