import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkLength, chunks, contextLength } from "./chunks.ts";

test("whatever pieces sound comes in, it is read in the same chunks, each behind the end of the one before", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 6 }), (lengths) => {
      const pieces = chunks();
      const total = lengths.reduce((sum, n) => sum + n, 0);
      const sound = Float32Array.from({ length: total }, (_, i) => i + 1);
      let at = 0;
      const read = lengths.flatMap((n) => [...map(pieces.push(sound.subarray(at, (at += n))))]);
      expect(read).toHaveLength(Math.floor(total / chunkLength));
      for (const [i, piece] of read.entries()) {
        const expected = Array.from({ length: contextLength + chunkLength }, (_, k) =>
          Math.max(0, i * chunkLength - contextLength + k + 1),
        );
        expect([...piece]).toEqual(expected);
      }
    }),
  );
});

test("after a reset it hears nothing of what was before", () => {
  const pieces = chunks();
  expect([...pieces.push(new Float32Array(700).fill(1))]).toHaveLength(1);
  pieces.reset();
  const [first] = map(pieces.push(new Float32Array(512).fill(2)));
  expect([first![0], first![contextLength]]).toEqual([0, 2]);
});

/** Copies, as the array is the same one each time. */
function* map(read: Iterable<Float32Array>): Generator<Float32Array> {
  for (const piece of read) yield piece.slice();
}
