// A model on a backend: what trains, evaluates, predicts, and holds the weights while it does.
import { SluiceError, type HostArray } from "@sluice/core";
import type { AnyWeights, Settable } from "../layers/known.ts";
import { checkBackend, checkSize } from "@sluice/core/arguments";
import type { Evaluation as Measuring } from "./evaluate.ts";
import type { Taken, TakenData } from "./sources.ts";
import { isStream } from "./streamed.ts";
import type { AnyBatches } from "./streamSource.ts";
import type { Named } from "../model/graph.ts";
import { entryOf } from "../host/entryOf.ts";
import { flatten, nest } from "../weights/layout.ts";
import type { AnyModel, AnyTrainer, FitOptions } from "../model/model.ts";
import { asGiven, single, type ByName, type Names } from "../model/names.ts";
import type { Saved } from "../model/saved.ts";
import type { Decoder, DecoderOptions, Stream, StreamOptions } from "../model/streams.ts";
import type { CheckpointOptions, CompileOptions, Data, EvaluateOptions, Evaluation, History, PredictOptions } from "../model/options.ts";
import { whichTable, type WhichWeights } from "../learner/learner.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import { predict } from "./predict.ts";
import { given, optionsOf } from "../options/table.ts";
import { disposed, Session } from "./session.ts";
import { batchTable, checkData, checkpointTable, compileTable, decoderTable, fitTable, predictTable, streamTable } from "./tables.ts";

/** `model.compile` */
export async function createTrainer(model: AnyModel, options: CompileOptions<Names>): Promise<AnyTrainer> {
  const checked = given("model.compile", compileTable, options);
  checkBackend("model.compile", checked.backend);
  const heads = checked.loss === undefined ? [] : await (await import("./resolveHeads.ts")).headsOf(model, checked);
  const session = new Session(model, heads, checked);
  await session.begin();
  return new SessionTrainer(session);
}

type AnyData = Data<Names, Names> | AnyBatches;

/** What a trainer stands on, for tools that look into it. */
export function sessionOf(trainer: unknown, who: string): Session | undefined {
  return SessionTrainer.sessionOf(trainer, who);
}

class SessionTrainer implements AnyTrainer {
  readonly #session: Session;
  /** Undefined for what is none of these. Throws DISPOSED. */
  static sessionOf(trainer: unknown, who: string): Session | undefined {
    if (typeof trainer !== "object" || trainer === null || !(#session in trainer)) return undefined;
    trainer.#check(who);
    return trainer.#session;
  }
  #fitting = false;
  #disposed = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get model(): AnyModel {
    return this.#session.model;
  }

  get history(): History | undefined {
    return this.#session.history;
  }

  async fit(data: AnyData, options: FitOptions<Names, Names>): Promise<History> {
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
      const taken = this.#take(data, checked);
      const { fit } = await import("./fit.ts");
      return await fit(this, this.#session, taken, checked);
    } finally {
      this.#fitting = false;
    }
  }

  /** As it is now, also where it is read later. */
  #take(data: AnyData, { epochs, batchSize = 32, validationData }: FitOptions<Names, Names>): Taken {
    const who = "trainer.fit";
    checkSize(who, "epochs", epochs);
    checkSize(who, "batchSize", batchSize);
    const taken = (given: AnyData, whose: string): TakenData =>
      isStream(given) ? { batches: given } : { arrays: this.#session.dataset(given, whose) };
    return {
      train: taken(data, who),
      ...(validationData !== undefined && { validation: taken(validationData, `${who} validationData`) }),
    };
  }

  async evaluate(data: AnyData, options: EvaluateOptions = {}): Promise<Evaluation> {
    const who = "trainer.evaluate";
    this.#check(who);
    const { batchSize, signal, averaged } = optionsOf(who, batchTable, options);
    checkData(who, data);
    const measured = isStream(data)
      ? this.#evaluateStream(data, { batchSize: options.batchSize, signal, averaged, who })
      : this.#evaluateArrays(data, batchSize, { signal, averaged, who });
    return ((await measured) ?? aborted(who, signal)) as Evaluation; // the loss is the first of them
  }

  async #evaluateArrays(data: Data<Names, Names>, batchSize: number, evaluation: Measuring): Promise<Named<number> | undefined> {
    const read = await this.#session.read(this.#session.dataset(data, evaluation.who));
    const [{ evaluate }, { arraysSource }] = await Promise.all([import("./evaluate.ts"), import("./source.ts")]);
    return evaluate(this.#session, arraysSource(read, { batch: Math.min(batchSize, read.samples) }), evaluation);
  }

  async #evaluateStream(
    batches: AnyBatches,
    evaluation: Measuring & { readonly batchSize: number | undefined },
  ): Promise<Named<number> | undefined> {
    const { evaluateStream } = await import("./sources.ts");
    return evaluateStream(this.#session, batches, evaluation);
  }

  async predict(x: ByName<Names, Numbers>, options: PredictOptions<Names> = {}): Promise<ByName<Names, HostArray>> {
    const who = "trainer.predict";
    this.#check(who);
    const { batchSize, signal, averaged, lengths } = optionsOf(who, predictTable, options);
    const read = await this.#session.read(this.#session.samples({ x, ...(lengths !== undefined && { lengths }) }, who));
    const outputs = (await predict(this.#session, read, { batchSize, signal, averaged })) ?? aborted(who, signal);
    return asGiven<HostArray>(outputs, this.model.ends.outputs, single.outputs);
  }

  async stream(options: StreamOptions<Names> = {}): Promise<Stream<Names>> {
    this.#check("trainer.stream");
    const checked = given("trainer.stream", streamTable, options);
    return (await import("./stream.ts")).createStream(this.#session, checked);
  }

  async decoder(options: DecoderOptions<Names, Names> = {}): Promise<Decoder> {
    this.#check("trainer.decoder");
    const checked = given("trainer.decoder", decoderTable, options);
    return (await import("./decoder.ts")).createDecoder(this.#session, checked);
  }

  async weights(options: WhichWeights = {}): Promise<AnyWeights> {
    const who = "trainer.weights";
    this.#check(who);
    const { averaged } = optionsOf(who, whichTable, options);
    const variables = this.#session.variables(who);
    const arrays = await variables.weights(who, averaged);
    return nest(variables.layout, (_, name) => entryOf(arrays, name)) as AnyWeights; // a tree of arrays
  }

  setWeights(weights: Settable<AnyWeights>): void {
    this.#check("trainer.setWeights");
    this.#session.variables("trainer.setWeights").setWeights(flatten(weights, "trainer.setWeights"), "trainer.setWeights");
  }

  async checkpoint(options: CheckpointOptions = {}): Promise<Saved> {
    this.#check("trainer.checkpoint");
    const { optimizer } = optionsOf("trainer.checkpoint", checkpointTable, options);
    return this.#session.checkpoint(optimizer);
  }

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
