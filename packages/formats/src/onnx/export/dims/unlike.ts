// Why something cannot be written for all sizes of the inputs.

export interface Problem {
  /** Where it stands: the layer, or what was traced. */
  readonly origin: string;
  readonly what: string;
  /** What to do about it. Default: give `steps` a number. */
  readonly instead?: string;
  /** Whether it is so at whatever sizes it is seen. Default false: others may be alike. */
  readonly isCertain?: boolean;
}

export class Unlike extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ origin, what }) => `${origin} ${what}`).join("; "));
    this.problems = problems;
  }
}
