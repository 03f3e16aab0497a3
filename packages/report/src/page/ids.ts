// Ids of a page: no two alike, and links lead to what is there.

/** What has an id: a section or a figure. */
export interface Named {
  readonly id?: string | undefined;
  readonly title?: string | undefined;
}

export interface Ids {
  of(part: Named): string;
  /** The id that is there for one that was asked for. */
  link(id: string): string | undefined;
}

/** Ids that were asked for, and others made of titles; the second of a kind ends in "-2". The same parts give the same ids. */
export function idsOf(parts: readonly Named[]): Ids {
  const taken = new Set<string>(),
    own = new Map<Named, string>(),
    asked = new Map<string, string>();
  for (const part of [...parts.filter(({ id }) => id !== undefined), ...parts.filter(({ id }) => id === undefined)]) {
    const id = free(part.id ?? slug(part.title ?? ""), taken);
    taken.add(id);
    if (!own.has(part)) own.set(part, id);
    if (part.id !== undefined && !asked.has(part.id)) asked.set(part.id, id);
  }
  return { of: (part) => own.get(part) ?? "", link: (id) => asked.get(id) ?? (taken.has(id) ? id : undefined) };
}

function free(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let i = 2;
  while (taken.has(`${wanted}-${i}`)) i++;
  return `${wanted}-${i}`;
}

/** "Error by epoch" → "error-by-epoch" */
function slug(title: string): string {
  const plain = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z\d]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return /^[a-z]/.test(plain) ? plain : `part${plain === "" ? "" : `-${plain}`}`;
}
