// Several allocations as one: what was made before one of them failed is given back.
import { checkFunction } from "../arguments/checks.ts";

/** What `make` returns. Where it throws, everything that it handed to `keep` is disposed of, the last first. */
export function allOrNothing<R>(make: (keep: <H extends { dispose(): void }>(held: H) => H) => R): R {
  checkFunction("allOrNothing", "make", make);
  const kept: { dispose(): void }[] = [];
  try {
    return make((held) => {
      kept.push(held);
      return held;
    });
  } catch (error) {
    for (const held of kept.toReversed()) held.dispose();
    throw error;
  }
}
