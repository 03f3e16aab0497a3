// Names that are given out once: "dense", "dense_1", …. It knows no format.

/** The same calls give the same names. */
export class Names {
  readonly #next = new Map<string, number>();
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    for (let i = this.#next.get(wanted) ?? 0; ; i++) {
      const name = i === 0 ? wanted : `${wanted}_${i}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      this.#next.set(wanted, i + 1);
      return name;
    }
  }
}
