// For tests: a file as it may arrive.
import type { Random } from "@sluice/core";

/** The same bytes with one to three changes: a bit or a byte another, a digit or letter of the header another, a range gone, doubled, moved or zero, or the end gone. */
export function mutated(bytes: Uint8Array, draw: Random): Uint8Array {
  let current = [...bytes];
  const below = (n: number): number => draw.integers(1, Math.max(1, n))[0] ?? 0;
  const header = Math.min(bytes.length, 8 + (bytes[0] ?? 0) + 256 * (bytes[1] ?? 0));
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const at = below(below(3) === 0 ? current.length : Math.min(header, current.length)),
      to = Math.min(current.length, at + 1 + below(12));
    const range = current.slice(at, to);
    switch (below(8)) {
      case 0:
        current[at] = (current[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        current[at] = below(256);
        break;
      case 2:
        current[at] = '0123456789"{}[]:,_FIUB-'.charCodeAt(below(23));
        break;
      case 3:
        current.splice(at, range.length);
        break;
      case 4:
        current.splice(at, 0, ...range);
        break;
      case 5:
        current.splice(below(current.length), range.length, ...range);
        break;
      case 6:
        current.fill(0, at, to);
        break;
      default:
        current = current.slice(0, at);
    }
  }
  return Uint8Array.from(current);
}
