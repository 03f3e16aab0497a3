// The callbacks of a fit as one: each hook of all of them, in order, and what they have to save.
import { refused, unknownOption } from "@sluice/core/arguments";
import { hooks, type Hook } from "./hooks.ts";
import type { BatchMoment, Callback, EpochMoment, FitOptions, Training } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import type { EpochLog, History, Progress } from "../model/options.ts";

const who = "trainer.fit";

export class Callbacks {
  readonly #all: readonly Callback[];
  readonly #training: Training;
  /** Whether there is any to call: batches are many. */
  readonly hears: { readonly batchBegins: boolean; readonly batchEnds: boolean; readonly progress: boolean };

  /** Throws INVALID_ARGUMENT where two have one name. */
  constructor(
    { callbacks = [], ...options }: Pick<FitOptions<Names, Names>, "callbacks" | "onEpochEnd" | "onProgress">,
    training: Training,
  ) {
    const names = callbacks.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw refused(who, "callbacks", names, `callbacks of different names: two are called "${twice}"`);
    for (const callback of callbacks) checkHooks(callback);
    const ordered = [...callbacks.filter(({ isLast }) => isLast !== true), ...callbacks.filter(({ isLast }) => isLast === true)];
    this.#all = [optionsAsCallback(options), ...ordered];
    this.#training = training;
    const has = (hook: keyof Callback): boolean => this.#all.some((callback) => callback[hook] !== undefined);
    this.hears = { batchBegins: has("onTrainBatchBegin"), batchEnds: has("onTrainBatchEnd"), progress: has("onProgress") };
  }

  trainBegin(): Promise<void> {
    return this.#each((callback) => callback.onTrainBegin?.(this.#training));
  }

  epochBegin(epoch: EpochMoment): Promise<void> {
    return this.#each((callback) => callback.onEpochBegin?.(epoch, this.#training));
  }

  batchBegin(batch: BatchMoment): Promise<void> {
    return this.#each((callback) => callback.onTrainBatchBegin?.(batch, this.#training));
  }

  batchEnd(batch: BatchMoment): Promise<void> {
    return this.#each((callback) => callback.onTrainBatchEnd?.(batch, this.#training));
  }

  progress(progress: Progress): Promise<void> {
    return this.#each((callback) => callback.onProgress?.(progress, this.#training));
  }

  epochEnd(log: EpochLog): Promise<void> {
    return this.#each((callback) => callback.onEpochEnd?.(log, this.#training));
  }

  /** Each hears of it, also where one before it throws; the first error is thrown. */
  async trainEnd(history: History): Promise<void> {
    const errors: unknown[] = [];
    for (const callback of this.#all)
      try {
        await callback.onTrainEnd?.(history, this.#training);
      } catch (error) {
        errors.push(error);
      }
    if (errors.length > 0) throw errors[0];
  }

  /** Copies by name, of those that have something to save. Throws INVALID_ARGUMENT, naming the callback, for what is no data. */
  states(): Readonly<Record<string, unknown>> {
    const saving = this.#all.filter(({ state }) => state !== undefined);
    return Object.fromEntries(saving.map((callback) => [callback.name, copied(callback.name, callback.state?.())]));
  }

  resume(states: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#each((callback) =>
      Object.hasOwn(states, callback.name) ? callback.resume?.(states[callback.name], this.#training) : undefined,
    );
  }

  async #each(hook: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (const callback of this.#all) await hook(callback);
  }
}

/** A hook that is misspelt would never be called. */
function checkHooks(callback: Callback): void {
  for (const key of Object.keys(callback))
    if (/^on[A-Z]/.test(key) && !hooks.includes(key as Hook)) throw unknownOption(`${who} callback "${callback.name}"`, key, hooks);
}

function copied(name: string, state: unknown): unknown {
  try {
    return structuredClone(state);
  } catch {
    throw refused(who, `the state of callback "${name}"`, state, "null, numbers, texts, and lists and records of them");
  }
}

/** What `fit` takes by itself, first of all; its name is no callback's. */
function optionsAsCallback({ onEpochEnd, onProgress }: Pick<FitOptions<Names, Names>, "onEpochEnd" | "onProgress">): Callback {
  return {
    name: "",
    ...(onEpochEnd && { onEpochEnd: (log) => onEpochEnd(log) }),
    ...(onProgress && { onProgress: async (progress) => void (await onProgress(progress)) }),
  };
}
