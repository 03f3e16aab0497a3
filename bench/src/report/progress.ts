// What happens at the moment: one line that rewrites itself on a terminal, nothing elsewhere.

export interface Line {
  show(what: string): void;
  /** Leaves nothing behind. */
  clear(): void;
}

export function progressLine(stream: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }): Line {
  const rewrite = (text: string): void => {
    if (stream.isTTY) stream.write(`\r${text.slice(0, (stream.columns ?? 80) - 1)}\u001B[K`); // K clears the rest
  };
  return { show: rewrite, clear: () => rewrite("") };
}
