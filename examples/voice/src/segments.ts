// Where somebody speaks: probabilities, chunk by chunk, as segments of time. It knows no network.

/** Of speech, in seconds. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

export interface SegmentRules {
  /** Seconds that one probability stands for. */
  readonly chunk: number;
  /** Speech begins where a probability reaches this. Default 0.5. */
  readonly begins?: number;
  /** It ends where probabilities stay below this for `silence`. Default 0.35. */
  readonly ends?: number;
  /** Seconds of silence that end a segment. Default 0.1. */
  readonly silence?: number;
  /** Segments that are shorter are noise. Default 0.25 seconds. */
  readonly shortest?: number;
}

/** A segment that is over, once it is known to be. */
export interface Segmenter {
  next(probability: number): Segment | undefined;
  /** What is still open when the sound ends. */
  end(): Segment | undefined;
  readonly speaking: boolean;
}

/** Two thresholds, so that a probability that wavers about one does not cut a word in pieces; the numbers are those of Silero's own tools. */
export function segmenter({ chunk, begins = 0.5, ends = 0.35, silence = 0.1, shortest = 0.25 }: SegmentRules): Segmenter {
  const chunksIn = (seconds: number): number => Math.ceil(seconds / chunk - 1e-9); // counts are exact where sums of times are not
  let at = 0;
  let from: number | undefined;
  let quietFrom: number | undefined;
  const close = (to: number): Segment | undefined => {
    const segment = from !== undefined && to - from >= chunksIn(shortest) ? { from: from * chunk, to: to * chunk } : undefined;
    [from, quietFrom] = [undefined, undefined];
    return segment;
  };
  return {
    next(probability) {
      const begin = at++;
      if (from === undefined) {
        if (probability >= begins) from = begin;
        return undefined;
      }
      if (probability >= ends) quietFrom = undefined;
      else quietFrom ??= begin;
      return quietFrom !== undefined && at - quietFrom >= chunksIn(silence) ? close(quietFrom) : undefined;
    },
    end: () => close(quietFrom ?? at),
    get speaking() {
      return from !== undefined;
    },
  };
}

export function segmentsOf(probabilities: Iterable<number>, rules: SegmentRules): Segment[] {
  const watch = segmenter(rules);
  const found = [...probabilities].map((each) => watch.next(each));
  return [...found, watch.end()].filter((each) => each !== undefined);
}
