// Reasons as users read them, and as reports may be passed on.

/** The first line, with the names of files but not where they lie on this machine. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.replace(/(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+){2,}/g, (path) => path.split(/[\\/]/).at(-1)!);
}
