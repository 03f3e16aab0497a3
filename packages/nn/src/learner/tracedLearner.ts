// A learner's verbs, one after the other in the order of their calls.
import { compile, SluiceError, type Bound, type Fed, type HostArray, type Tensor, type Tree } from "@sluice/core";
import { checkFunction, text } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import { turns } from "../host/turns.ts";
import { optional, optionsOf, type Table } from "../options/table.ts";
import { flatten, nest, unpack } from "../weights/layout.ts";
import { learningRunner, measuringRunner, type BatchRunner, type RunnerOptions } from "./batchRunners.ts";
import { disposeEach, type Held } from "./bind.ts";
import type { LearnerCheckpoint } from "./checkpoint.ts";
import type { Holdings } from "./holdings.ts";
import { keyOf, type HostBatch } from "./inputs.ts";
import { whichTable, type AnyLearner, type AnyWeights, type LearntFunction, type WhichWeights } from "./learner.ts";
import { Runners } from "./runners.ts";
import type { Tally } from "./totals.ts";
import type { Flat } from "./update.ts";

type Batch = Readonly<Record<string, Numbers>>;
type Means = { readonly loss: number } & Readonly<Record<string, number>>;

type FunctionOptions = WhichWeights & { readonly name?: string };
interface MeasuredBatch {
  readonly batch: HostBatch;
  readonly averaged: boolean;
}

function measuredKeyOf({ batch, averaged }: MeasuredBatch): string {
  return `${averaged} ${keyOf(batch)}`;
}

const functionTable = { ...whichTable, name: optional(text) } satisfies Table<FunctionOptions>;

export class TracedLearner implements AnyLearner {
  readonly #options: RunnerOptions;
  readonly #holdings: Holdings;
  readonly #learning: Runners<HostBatch, BatchRunner>;
  readonly #measuring: Runners<MeasuredBatch, BatchRunner>;
  readonly #compiled = new Set<Held>();
  /** The verb that was called last. */
  #last: Promise<unknown> = Promise.resolve();
  #executor: string | undefined;
  #isDisposed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#holdings = options.holdings;
    this.#learning = new Runners(keyOf, (batch) => learningRunner(options, batch));
    this.#measuring = new Runners(measuredKeyOf, ({ batch, averaged }) => measuringRunner(options, batch, averaged));
  }

  get updates(): number {
    return this.#holdings.variables.updates;
  }

  get skipped(): number {
    return this.#holdings.skipped;
  }

  get executor(): string | undefined {
    return this.#executor;
  }

  async step(batch: Batch): Promise<void> {
    const read = this.#options.reader.read(this.#who("step"), batch);
    await this.#inTurn("step", async () => {
      await this.#learning.use(read, async ({ executor, totals, run }) => {
        this.#executor = executor;
        run(read);
        if (totals.isBetweenGroups) await totals.settled();
      });
      if (turns.isDue) await turns.pass();
    });
  }

  measures(): Promise<Means> {
    return this.#inTurn("measures", async () => {
      const { totals, variables } = this.#holdings;
      if (totals === undefined) return { loss: this.#holdings.takeWaiting() };
      const tally = await totals.tally();
      totals.begin();
      if (this.#options.skipUnsound) this.#holdings.skipped += tally.skipped;
      else if (tally.skipped > 0) throw this.#unsound((variables.batches -= tally.skipped), tally);
      return totals.means(tally) as Means; // the loss is the first of them
    });
  }

  async evaluate(batch: Batch, options: WhichWeights = {}): Promise<Means> {
    const who = this.#who("evaluate");
    const { averaged } = optionsOf(who, whichTable, options);
    const read = this.#options.reader.read(who, batch);
    return this.#inTurn("evaluate", () =>
      this.#measuring.use({ batch: read, averaged }, async ({ totals, run }) => {
        run(read);
        const tally = await totals.tally();
        if (tally.skipped > 0) throw this.#notFinite("evaluate", "the loss is not finite", "Look at the weights and the batch");
        return totals.means(tally) as Means; // likewise
      }),
    );
  }

  compile<A extends readonly unknown[], R>(fn: (weights: never, ...args: A) => R, options: FunctionOptions = {}): LearntFunction<A, R> {
    const who = this.#who("compile");
    this.#check(who);
    checkFunction(who, "fn", fn);
    const { averaged, name = `${this.#options.name}.${fn.name || "function"}` } = optionsOf(who, functionTable, options);
    const { layout } = this.#holdings.variables,
      flat = this.#holdings.variables.flatOf(who, averaged);
    const traced = ({ params, frozen }: Flat<Tensor>, ...args: A): R => fn(unpack(layout, params, frozen) as never, ...args); // as the caller has them
    const compiled = compile(this.#options.backend, traced, { name });
    this.#compiled.add(compiled);
    const call = (...args: { [K in keyof A]: Fed<A[K]> }): Promise<Bound<R>> => this.#inTurn("compile", () => compiled(flat, ...args));
    const dispose = (): void => {
      this.#compiled.delete(compiled);
      compiled.dispose();
    };
    return Object.assign(call, { dispose, [Symbol.dispose]: dispose });
  }

  async weights(options: WhichWeights = {}): Promise<Readonly<Record<string, Tree<HostArray>>>> {
    const who = this.#who("weights");
    const { averaged } = optionsOf(who, whichTable, options);
    return this.#inTurn("weights", async () => {
      const { variables } = this.#holdings;
      const arrays = await variables.weights(who, averaged);
      return nest(variables.layout, (_, name) => entryOf(arrays, name));
    });
  }

  async setWeights(weights: AnyWeights): Promise<void> {
    const who = this.#who("setWeights");
    const arrays = flatten(weights, who);
    await this.#inTurn("setWeights", () => this.#holdings.variables.setWeights(arrays, who));
  }

  state(): Promise<never> {
    return this.#inTurn("state", async () => {
      const { state } = this.#holdings;
      return (state === undefined ? {} : state.nested(await state.read())) as never; // as the caller has it
    });
  }

  async setState(tree: unknown): Promise<void> {
    const who = this.#who("setState");
    await this.#inTurn("setState", () => {
      if (this.#holdings.state === undefined) throw noState(who);
      this.#holdings.state.write(tree, who);
    });
  }

  async resetState(): Promise<void> {
    await this.#inTurn("resetState", () => this.#holdings.state?.reset());
  }

  checkpoint(): Promise<LearnerCheckpoint> {
    return this.#inTurn("checkpoint", () => this.#holdings.checkpoint());
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    disposeEach([this.#learning, this.#measuring, ...this.#compiled, this.#holdings]);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
  }

  /** After every verb that was called before; what one throws is not the next one's. */
  #inTurn<T>(verb: string, work: () => T | Promise<T>): Promise<T> {
    const who = this.#who(verb);
    const result = this.#last.then(() => {
      this.#check(who);
      return work();
    });
    this.#last = result.catch(() => {});
    return result;
  }

  #check(who: string): void {
    if (this.#isDisposed)
      throw new SluiceError({ code: "DISPOSED", who, what: "the learner was disposed", fix: "Make a new one, from a checkpoint" });
  }

  #who(verb: string): string {
    return `${this.#options.name}.${verb}`;
  }

  /** Once one batch is left out so are all after it, so the first is known however late this comes. */
  #unsound(batches: number, { skipped }: Tally): SluiceError {
    const what = `the loss or its gradient is not finite in batch ${batches + 1}; it and the ${skipped - 1} after it were left out`;
    return this.#notFinite("measures", what, "Lower the learning rate, clip with globalClipNorm, scale the inputs, or skipUnsound");
  }

  #notFinite(verb: string, what: string, fix: string): SluiceError {
    return new SluiceError({ code: "NOT_FINITE", who: this.#who(verb), what, fix });
  }
}

function noState(who: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what: "the learner has no state", fix: "Give learn one" });
}
