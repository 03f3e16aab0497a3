// Which epoch was best, when to give up on a better one, and the way back to it (Prechelt 1998, as Keras's EarlyStopping).
import type { Names } from "../model/names.ts";
import { SluiceError, type TypedArray } from "@sluice/core";
import type { Variables } from "../learner/variables.ts";
import type { EpochLog, FitSettings } from "../model/options.ts";
import type { Reported } from "./heads.ts";

/** What `monitor` and `patience` have seen so far. */
export interface BestSoFar {
  readonly monitor: string;
  /** Epochs in a row without a better one. */
  readonly waited: number;
  /** Absent before the first epoch whose monitored number is one. */
  readonly log?: EpochLog;
  /** What learning had changed by the epoch of `log`, flat; absent where they are not to come back. */
  readonly weights?: TypedArray;
}

type Learnt = Pick<Variables, "learnt" | "setLearnt"> & Partial<Pick<Variables, "gathered">>;

export class Best {
  readonly #variables: Learnt;
  readonly #monitor: string;
  readonly #sign: 1 | -1;
  readonly #patience: number;
  readonly #minDelta: number;
  readonly #startFromEpoch: number;
  readonly #restore: boolean;
  /** Whether what comes back is the average of the weights. */
  readonly #averaged: boolean;
  #log: EpochLog | undefined;
  #weights: TypedArray | undefined;
  /** Memory for the next copy, so that one which fails spoils nothing. */
  #spare: TypedArray | undefined;
  #waited = 0;

  /** Throws INVALID_ARGUMENT where `monitor` names nothing in the log, or patience is no whole number. */
  constructor(variables: Learnt, reported: readonly Reported[], options: FitSettings<Names, Names>) {
    const validated = options.validationData !== undefined || options.validationSplit !== undefined;
    const {
      monitor = validated ? "valLoss" : "loss",
      patience = Infinity,
      minDelta = 0,
      startFromEpoch = 1,
      restoreBestWeights = false,
      averaged = false,
    } = options;
    this.#variables = variables;
    this.#monitor = monitor;
    this.#sign = directionOf(monitor, reported, validated) === "lower" ? 1 : -1;
    this.#patience = patience;
    this.#minDelta = minDelta;
    this.#startFromEpoch = startFromEpoch;
    this.#restore = restoreBestWeights;
    this.#averaged = averaged;
    if (patience === Infinity || (Number.isInteger(patience) && patience >= 0)) return;
    throw refused(`patience must be a whole number of at least 0, got ${patience}`);
  }

  get log(): EpochLog | undefined {
    return this.#log;
  }

  get soFar(): BestSoFar {
    const [log, weights] = [this.#log, this.#weights];
    return { monitor: this.#monitor, waited: this.#waited, ...(log && { log }), ...(weights && { weights }) };
  }

  /** Goes on from there where it is about the same measure and has the weights that are to come back. */
  resume({ monitor, waited, log, weights }: BestSoFar): void {
    if (monitor !== this.#monitor || (this.#restore && log !== undefined && weights === undefined)) return;
    this.#waited = waited;
    this.#log = log;
    if (this.#restore) this.#weights = weights;
  }

  /** A copy of the weights where `log` is the best one so far and they are to come back: for `take`. */
  async copy(log: EpochLog): Promise<TypedArray | undefined> {
    return this.#restore && this.#isBest(log) ? this.#variables.learnt(this.#spare, this.#averaged) : undefined;
  }

  /** Takes an epoch into account. */
  take(log: EpochLog, weights?: TypedArray): void {
    if (log.epoch < this.#startFromEpoch) return;
    this.#waited++;
    if (!this.#isBest(log)) return;
    this.#log = log;
    this.#waited = 0;
    if (weights !== undefined) [this.#weights, this.#spare] = [weights, this.#weights];
  }

  /** Whether patience is over. */
  get isOver(): boolean {
    return this.#waited > 0 && this.#waited >= this.#patience;
  }

  /** Back to the best weights, where that was asked for; whether there were any. */
  restore(): boolean {
    if (this.#weights === undefined) return false;
    this.#variables.setLearnt(this.#weights);
    this.#variables.gathered?.write(undefined); // which was of other weights
    return true;
  }

  /** Of equals the first; NaN never is. */
  #isBest(log: EpochLog): boolean {
    if (log.epoch < this.#startFromEpoch) return false;
    const [now, best] = [log[this.#monitor]!, this.#log?.[this.#monitor]]; // `directionOf` saw the name
    return best === undefined ? !Number.isNaN(now) : now * this.#sign < best * this.#sign - this.#minDelta;
  }
}

/** Which values are better. Throws INVALID_ARGUMENT for what is not reported. */
export function directionOf(monitor: string, reported: readonly Reported[], validated: boolean): "lower" | "higher" {
  const known = [...reported, ...(validated ? reported.map(({ name, better }) => ({ name: validationName(name), better })) : [])];
  const found = known.find(({ name }) => name === monitor);
  if (found === undefined) throw refused(`there is no "${monitor}" to monitor, only ${known.map(({ name }) => name).join(", ")}`);
  return found.better;
}

/** "valLoss" */
export function validationName(name: string): string {
  return `val${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "trainer.fit", what });
}
