// What a learner holds on its backend from batch to batch, made of what it starts from, and copied for a checkpoint.
import { allOrNothing } from "@sluice/core";
import type { LearnerCheckpoint } from "./checkpoint.ts";
import { State } from "./state.ts";
import { skippedAt, Totals, type Addend } from "./totals.ts";
import { Variables, type Start, type VariablesOptions } from "./variables.ts";

export interface HoldingsOptions {
  readonly variables: VariablesOptions;
  readonly start: Start;
  readonly optimizer: string;
  readonly gradientAccumulationSteps: number;
  readonly skipUnsound: boolean;
  /** The caller's tree. */
  readonly state: unknown;
  readonly from: LearnerCheckpoint | undefined;
}

export class Holdings {
  readonly variables: Variables;
  readonly state: State | undefined;
  readonly #options: HoldingsOptions;
  /** Batches left out alone, as far as they were counted. */
  skipped: number;
  #totals: Totals | undefined;
  /** Sums of a checkpoint, until a loss says what they are of. */
  #waiting: LearnerCheckpoint["measured"] | undefined;

  /** Throws what the backend does, and for a state that is none or does not fit its checkpoint; then nothing is held. */
  constructor(options: HoldingsOptions) {
    const { variables, start, state, from } = options;
    const { backend, dtype, who } = variables;
    this.#options = options;
    this.skipped = from?.skipped ?? 0;
    [this.variables, this.state] = allOrNothing((keep) => [
      keep(new Variables(variables, start)),
      state === undefined ? undefined : keep(new State(backend, state, dtype, who)),
    ]);
    if (from === undefined) return;
    allOrNothing((keep) => {
      keep(this);
      this.state?.write(from.state, `${who} from`);
      const { names, full } = from.measured;
      if (names.length > 0) this.#waiting = from.measured;
      if (names.length > 0 && full.length === names.length + 2) this.totalsOf(names.map((name) => ({ name }))); // all are means
    });
  }

  /** Where the loss and these measures are added up; sums by other names, of a checkpoint with another loss, are gone then. */
  totalsOf(addends: readonly Addend[]): Totals {
    if (this.#totals?.isOf(addends) === true) return this.#totals;
    this.#totals?.dispose();
    const { backend, dtype } = this.#options.variables;
    this.#totals = new Totals(backend, addends, dtype);
    if (this.#waiting !== undefined) this.#totals.begin({ steps: this.#waiting.steps, sums: this.#waiting });
    this.#waiting = undefined;
    return this.#totals;
  }

  /** What waits of a checkpoint, which is no more then: the loss alone has a name that tells what it is. */
  takeWaiting(): number {
    const [weight = 0, loss = 0] = [1, 2].map((at) => (this.#waiting?.full[at] ?? 0) + (this.#waiting?.partial[at] ?? 0));
    this.#waiting = undefined;
    return loss / weight;
  }

  /** Undefined before the first batch. */
  get totals(): Totals | undefined {
    return this.#totals;
  }

  /** Every read is enqueued before this returns: one moment of learning. */
  async checkpoint(): Promise<LearnerCheckpoint> {
    const { batches, gathered } = this.variables;
    const none = { steps: 0, skipped: 0, full: [0, 0], partial: [0, 0] };
    const [weights, slots, state, sum, tally] = await Promise.all([
      this.variables.snapshot(),
      this.variables.state(),
      this.state?.read(),
      gathered?.read(),
      this.#totals?.tally(),
    ]);
    const { steps, skipped, full, partial } = tally ?? { ...none, ...this.#waiting };
    const { optimizer, gradientAccumulationSteps, skipUnsound } = this.#options;
    const gone = skipUnsound ? 0 : skipped; // a learner that goes on from here never saw them
    return {
      ...{ weights, optimizer, slots, gradientAccumulationSteps, state: state ?? {}, skipped: this.skipped },
      batches: batches - gone,
      ...(sum && { gathered: sum }),
      measured: {
        steps: steps - gone,
        names: this.#totals?.names ?? this.#waiting?.names ?? [],
        full: Array.from(full),
        partial: Array.from(partial, (sum, i) => (i === skippedAt ? sum - gone : sum)),
      },
    };
  }

  dispose(): void {
    for (const held of [this.variables, this.state, this.#totals]) held?.dispose();
  }
}
