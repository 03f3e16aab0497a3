// Random numbers: one counter-based generator, so that every stream is reproducible, splittable and the same on every machine.
import { checkCount, checkFinite, checkSeed, checkSize } from "./arguments/checks.ts";
import { allocate } from "./dtypes/arrays.ts";

/** A stream of random numbers. Each verb throws INVALID_ARGUMENT for a count that is no whole number of 0 … 2³¹ − 1 and for bounds that are not finite. Streams of different seeds or labels are independent; the same seed gives the same numbers everywhere. */
export interface Random {
  /** `n` numbers, uniform in [low, high). Default [0, 1). */
  uniform(n: number, low?: number, high?: number): Float64Array;
  /** `n` numbers of the normal distribution. Default mean 0, deviation 1. */
  normal(n: number, mean?: number, deviation?: number): Float64Array;
  /** `n` integers, uniform in 0 … below − 1. */
  integers(n: number, below: number): Int32Array;
  /** 0 … n − 1 in random order. */
  permutation(n: number): Int32Array;
  /** An independent stream of its own. */
  child(label: string | number): Random;
}

/**
 * A stream for `seed` (Philox 4×32-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * The seed is the key, the position the counter: nothing is carried from number to number.
 */
export function random(seed: number | string): Random {
  checkSeed("random", "seed", seed);
  return stream(...keyOf(String(seed)));
}

function stream(key0: number, key1: number): Random {
  let counter = 0,
    left = 0;
  const block = new Uint32Array(4);
  const word = (): number => {
    if (left === 0) {
      philox(block, counter, Math.floor(counter / 2 ** 32), 0, 0, key0, key1);
      counter++;
      left = 4;
    }
    return block[4 - left--]!;
  };
  // 53 bits: the top 27 of one word, the top 26 of the next.
  const unit = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  const fill = (who: string, n: number, next: () => number): Float64Array => {
    checkCount(who, "n", n);
    const drawn = allocate("f64", n, who);
    for (let i = 0; i < n; i++) drawn[i] = next();
    return drawn;
  };
  // Box & Muller 1958.
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
  return {
    uniform(n, low = 0, high = 1) {
      checkFinite("random.uniform", "low", low);
      checkFinite("random.uniform", "high", high);
      return fill("random.uniform", n, () => low + (high - low) * unit());
    },
    normal(n, mean = 0, deviation = 1) {
      checkFinite("random.normal", "mean", mean);
      checkFinite("random.normal", "deviation", deviation);
      return fill("random.normal", n, () => mean + deviation * gaussian());
    },
    integers(n, below) {
      checkCount("random.integers", "n", n);
      checkSize("random.integers", "below", below);
      const drawn = allocate("i32", n, "random.integers");
      for (let i = 0; i < n; i++) drawn[i] = Math.floor(unit() * below);
      return drawn;
    },
    permutation(n) {
      checkCount("random.permutation", "n", n);
      const order = allocate("i32", n, "random.permutation");
      for (let i = 0; i < n; i++) order[i] = i;
      for (let i = n - 1; i > 0; i--) {
        const j = Math.floor(unit() * (i + 1)),
          held = order[i]!;
        order[i] = order[j]!;
        order[j] = held;
      }
      return order;
    },
    child(label) {
      checkSeed("random.child", "label", label);
      return stream(...keyOf(`${key0} ${key1} ${label}`));
    },
  };
}

/** One block of four words: ten rounds on the counter c0 … c3 under the key k0, k1. */
export function philox(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let round = 0; round < 10; round++) {
    const high0 = high(0xd2511f53, c0),
      low0 = Math.imul(0xd2511f53, c0),
      high1 = high(0xcd9e8d57, c2),
      low1 = Math.imul(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0];
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The high word of the 64-bit product. */
function high(a: number, b: number): number {
  const aLow = a & 0xffff,
    aHigh = a >>> 16,
    bLow = b & 0xffff,
    bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16),
    cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}

/** A text as two words: FNV-1a (Fowler, Noll & Vo), once from either offset, each mixed by one Philox block. */
function keyOf(text: string): [number, number] {
  const hash = (offset: number): number => {
    let h = offset;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return h;
  };
  const mixed = new Uint32Array(4);
  philox(mixed, hash(0x811c9dc5), hash(0x2b8a5f1d), text.length, 0, 0, 0);
  return [mixed[0]!, mixed[1]!];
}
