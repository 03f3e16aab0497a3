// Sound in the pieces that the network reads: 512 samples (32 ms), each behind the last 64 of the piece before. Without those 64 its probabilities are others, and
// nothing says so.

export const chunkLength = 512;
export const contextLength = 64;

export interface Chunks {
  /** The pieces that are full, of [context, chunk] samples each; the array is the same one each time. What is left waits for more. */
  push(samples: Float32Array): Generator<Float32Array, void>;
  reset(): void;
}

export function chunks(): Chunks {
  const piece = new Float32Array(contextLength + chunkLength);
  let filled = 0;
  return {
    *push(samples) {
      for (let read = 0; read < samples.length;) {
        const taken = Math.min(chunkLength - filled, samples.length - read);
        piece.set(samples.subarray(read, read + taken), contextLength + filled);
        [read, filled] = [read + taken, filled + taken];
        if (filled < chunkLength) return;
        yield piece;
        piece.copyWithin(0, chunkLength); // the last samples of this one are the context of the next
        filled = 0;
      }
    },
    reset() {
      piece.fill(0);
      filled = 0;
    },
  };
}
