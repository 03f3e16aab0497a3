// What a learner holds on its backend from batch to batch, made of what it starts from, and copied for a checkpoint.
import { allOrNothing, array, zeros, type NDArray, type TypedArray } from "@sluice/core";
import { atOnce } from "../host/turns.ts";
import { packing, trainedPart, viewHost } from "../weights/layout.ts";
import type { LearnerCheckpoint } from "./checkpoint.ts";
import { State } from "./state.ts";
import { skippedAt, Totals, type Addend } from "./totals.ts";
import type { Gathered } from "./update.ts";
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
  /** Where several batches are one update. */
  readonly gathered: Gathered<NDArray> | undefined;
  readonly #options: HoldingsOptions;
  /** Batches left out alone, as far as they were counted. */
  skipped: number;
  #totals: Totals | undefined;
  /** Sums of a checkpoint, until a loss says what they are of. */
  #waiting: LearnerCheckpoint["measured"] | undefined;

  /** Throws what the backend does, and for a state that is none or does not fit its checkpoint; then nothing is held. */
  constructor(options: HoldingsOptions) {
    const { variables, start, state, from, gradientAccumulationSteps: steps } = options;
    const { backend, dtype, who } = variables;
    this.#options = options;
    this.skipped = from?.skipped ?? 0;
    [this.variables, this.state, this.gathered] = allOrNothing((keep) => [
      keep(new Variables(variables, start)),
      state === undefined ? undefined : keep(new State(backend, state, dtype, who)),
      steps === 1 ? undefined : gatheredFrom(options, keep),
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
    const { variables, gathered } = this;
    const { batches } = variables;
    const none = { steps: 0, skipped: 0, full: [0, 0], partial: [0, 0] };
    const [weights, slots, state, sum, weight, tally] = await Promise.all([
      variables.snapshot(),
      variables.state(),
      this.state?.read(),
      gathered?.gradient.read(),
      gathered?.weight.read(),
      this.#totals?.tally(),
    ]);
    const { steps, skipped, full, partial } = tally ?? { ...none, ...this.#waiting };
    const { optimizer, gradientAccumulationSteps, skipUnsound } = this.#options;
    const gone = skipUnsound ? 0 : skipped; // a learner that goes on from here never saw them
    return {
      ...{ weights, optimizer, slots, gradientAccumulationSteps, state: state ?? {}, skipped: this.skipped },
      batches: batches - gone,
      ...(sum && weight && { gathered: { gradient: this.#named(sum), weight: weight[0]! } }), // of one element
      measured: {
        steps: steps - gone,
        names: this.#totals?.names ?? this.#waiting?.names ?? [],
        full: Array.from(full),
        partial: Array.from(partial, (sum, i) => (i === skippedAt ? sum - gone : sum)),
      },
    };
  }

  #named(flat: TypedArray): ReturnType<typeof viewHost> {
    return viewHost(trainedPart(this.variables.layout), flat, this.#options.variables.dtype);
  }

  dispose(): void {
    for (const held of [this.variables, this.state, this.gathered?.gradient, this.gathered?.weight, this.#totals]) held?.dispose();
  }
}

/** As the checkpoint has it, or nothing. */
function gatheredFrom({ variables, from }: HoldingsOptions, keep: <H extends { dispose(): void }>(held: H) => H): Gathered<NDArray> {
  const { backend, layout, dtype, who } = variables;
  const saved = from?.gathered;
  const weight = keep(zeros(backend, [], { dtype, name: "gathered.weight" }));
  if (saved === undefined) return { gradient: keep(zeros(backend, [layout.trained], { dtype, name: "gathered.gradient" })), weight };
  const gradient = atOnce(packing(trainedPart(layout), saved.gradient, dtype, `${who} from.gathered`));
  weight.write(dtype === "f32" ? Float32Array.of(saved.weight) : Float64Array.of(saved.weight));
  return { gradient: keep(array(backend, gradient, { name: "gathered.gradient" })), weight };
}
