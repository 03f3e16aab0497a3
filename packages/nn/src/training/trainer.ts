// A model on a backend: what trains, evaluates, predicts, and holds the weights while it does.
import { SluiceError, type HostArray, type Tree } from "@sluice/core";
import { checkBackend } from "@sluice/core/arguments";
import { flatten, nest } from "../model/layout.ts";
import type { Model, Saved } from "../model/model.ts";
import { evaluate } from "./evaluate.ts";
import { fit } from "./fit.ts";
import type { CompileOptions, Data, EvaluateOptions, FitOptions, History, Numbers, PredictOptions } from "./options.ts";
import { predict } from "./predict.ts";
import { filled, given } from "../options/table.ts";
import { disposed, Session } from "./session.ts";
import { batchTable, checkData, checkpointTable, compileTable, fitTable, type CheckpointOptions } from "./tables.ts";

/** `model.compile` */
export async function createTrainer(model: Model, options: CompileOptions): Promise<Trainer> {
  const checked = given("model.compile", compileTable, options);
  checkBackend("model.compile", checked.backend);
  const session = new Session(model, checked);
  await session.begin();
  return new Trainer(session);
}

/**
 * Made by `model.compile`; owns its weights on the backend until it is disposed. The backend stays the caller's.
 *
 * Every verb throws DISPOSED once the trainer is disposed or its backend closed, and checks data before it runs:
 * EMPTY_DATA, SHAPE_MISMATCH, DTYPE_MISMATCH, NOT_FINITE and INDEX_OUT_OF_RANGE, the last two with row and column.
 */
export class Trainer {
  readonly #session: Session;
  #fitting = false;
  #disposed = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get model(): Model {
    return this.#session.model;
  }

  /** What the last `fit` came to, also one that threw; undefined before the first has ended. */
  get history(): History | undefined {
    return this.#session.history;
  }

  /**
   * Trains for `epochs` passes over x [samples, …] and y [samples, …], in batches; resolves to what happened.
   *
   * One batch is one run of one Program: forward, backward, clip, update. The last batch is padded with rows that count
   * nothing. Numbers follow from the seed alone, not from the clock or from who looks. Typed arrays up to 64 MiB are copied;
   * larger ones must stay as they are until `fit` settles, and INVALID_ARGUMENT ends it where one that is read in place does not.
   *
   * A further call goes on from where the last one ended. Where that was amid its epochs (`signal`, an error, or saved while
   * it ran) and the best weights were not gone back to, the first epoch of a call with as many samples, the same `batchSize`,
   * `shuffle` and `seed` is what is left of the one cut short, and the best epoch and `patience` of the same `monitor` go on.
   *
   * Besides the above throws INVALID_ARGUMENT for options that make no sense or while another fit of this trainer runs,
   * NOT_FINITE naming epoch and step where a loss or gradient is not finite (that update and those after it are left out, and
   * the epoch will begin anew), and whatever a callback throws. Then `history` holds the epochs that were over, the weights
   * are the best ones where `restoreBestWeights` asked for them and otherwise the last, and the trainer goes on working.
   */
  async fit(data: Data, options: FitOptions): Promise<History> {
    this.#check("trainer.fit");
    if (this.#fitting)
      throw new SluiceError({
        code: "INVALID_ARGUMENT",
        who: "trainer.fit",
        what: "another fit of this trainer runs",
        fix: "Await it first",
      });
    const checked = given("trainer.fit", fitTable, options);
    checkData("trainer.fit", data);
    if (checked.validationData !== undefined) checkData("trainer.fit validationData", checked.validationData);
    this.#fitting = true;
    try {
      return await fit(this.#session, data, checked);
    } finally {
      this.#fitting = false;
    }
  }

  /** The loss and every metric by name, their means over the samples by weight. Throws ABORTED where `signal` ended it. */
  async evaluate(data: Data, options: EvaluateOptions = {}): Promise<Record<string, number>> {
    const who = "trainer.evaluate";
    this.#check(who);
    const { batchSize, signal } = filled(batchTable, given(who, batchTable, options));
    checkData(who, data);
    const read = await this.#session.read(this.#session.dataset(data, who));
    return (await evaluate(this.#session, read, { batchSize, signal, who })) ?? aborted(who, signal);
  }

  /** The model's outputs [samples, …] for x [samples, …], the caller's own; logits where the loss reads them. Throws ABORTED where `signal` ended it. */
  async predict(x: Numbers, options: PredictOptions = {}): Promise<HostArray> {
    const who = "trainer.predict";
    this.#check(who);
    const { batchSize, signal } = filled(batchTable, given(who, batchTable, options));
    const read = await this.#session.read(this.#session.samples(x, who));
    return (await predict(this.#session, read, { batchSize, signal })) ?? aborted(who, signal);
  }

  /** Copies of the weights by layer and key: `(await trainer.weights()).dense.kernel`. */
  async weights(): Promise<Readonly<Record<string, Tree<HostArray>>>> {
    this.#check("trainer.weights");
    const variables = this.#session.variables("trainer.weights");
    const arrays = await variables.weights();
    return nest(variables.layout, (_, name) => arrays[name]!); // both by the same layout
  }

  /** Copies in what `weights` gives. Throws INVALID_ARGUMENT for a weight that is missing or unknown, SHAPE_MISMATCH for another shape, NOT_FINITE for NaN and ±∞; then nothing is changed. */
  setWeights(weights: Readonly<Record<string, Tree<HostArray>>>): void {
    this.#check("trainer.setWeights");
    this.#session.variables("trainer.setWeights").setWeights(flatten(weights, "trainer.setWeights"), "trainer.setWeights");
  }

  /** What `serialize` writes, as of this call: weights and, with `optimizer`, what training needs to go on as if it had not stopped. */
  async checkpoint(options: CheckpointOptions = {}): Promise<Saved> {
    this.#check("trainer.checkpoint");
    const { optimizer } = filled(checkpointTable, given("trainer.checkpoint", checkpointTable, options));
    return this.#session.checkpoint(optimizer);
  }

  /** Frees what the trainer holds on its backend. A second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
  }

  #check(who: string): void {
    if (this.#disposed) throw disposed(this.model, who);
  }
}

function aborted(who: string, signal: AbortSignal | undefined): never {
  throw new SluiceError({ code: "ABORTED", who, what: "the signal ended it", cause: signal?.reason });
}
