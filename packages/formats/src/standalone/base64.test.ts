import fc from "fast-check";
import { expect, test } from "vitest";
import { base64 } from "./base64.ts";
import { decodeBase64 } from "./runtime/bytes.ts";

test("base64 is that of Node, and decodes to what it was made of", () => {
  const lengths = fc.constantFrom(0, 1, 2, 3, 4, 100, 3 * 2 ** 14 - 1, 3 * 2 ** 14, 3 * 2 ** 14 + 1);
  fc.assert(
    fc.property(lengths, fc.nat(), (length, seed) => {
      const bytes = Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 24);
      const text = base64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64"));
      const back = new Uint8Array(length);
      decodeBase64(text, back);
      expect(Buffer.compare(back, bytes)).toBe(0);
    }),
    { numRuns: 30 },
  );
});
