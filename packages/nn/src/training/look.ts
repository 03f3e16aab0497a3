// A function of a model's loss, or of what it gives, compiled for a trainer's own weights and run on its backend: for tools that look into models. They change nothing.
import {
  allOrNothing,
  zeros,
  type DType,
  type HostArray,
  type NDArray,
  type Shape,
  type Tensor,
  type Tree,
  type TypedArray,
} from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import { bind, disposeEach, type Held } from "../learner/bind.ts";
import type { Flat } from "../learner/update.ts";
import type { Applied, BuiltModel } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import type { AnyTrainer } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import type { Data } from "../model/options.ts";
import { unpack } from "../weights/layout.ts";
import { Batch, Inputs } from "./batch.ts";
import { masksOf, nested, type BatchInputs } from "./batchInputs.ts";
import { Carried } from "./carried.ts";
import type { Inputs as GivenInputs } from "./dataset.ts";
import { targetsOf } from "./heads.ts";
import { modelObjective } from "./objective.ts";
import type { Session } from "./session.ts";
import { takenBy } from "./setting.ts";
import { checkData } from "./tables.ts";
import { sessionOf } from "./trainer.ts";

/** A trainer, whatever its inputs and outputs are called. */
export type TrainerLike = Pick<AnyTrainer, "model">;

export interface LookOptions {
  /** For errors. */
  readonly who: string;
  /** How many rows, the first of the data. Default all. */
  readonly samples?: number | undefined;
  /** What the function reads beside the batch, by name. */
  readonly beside?: Named<{ readonly shape: Shape; readonly dtype: DType }>;
}

interface Seen {
  /** The batch's own, by input; those that are floats have gradients. */
  readonly x: Named<Tensor>;
  readonly weights: Named<Tree<Tensor>>;
  readonly beside: Named<Tensor>;
  readonly built: BuiltModel;
}

export interface SeenLoss extends Seen {
  /** Traces the loss of the batch as `evaluate` has it, of `x` in place of the batch's where that is given. */
  loss(x?: Named<Tensor>): Tensor;
}

export interface SeenOutputs extends Seen {
  /** Traces what the model gives as `predict` has it. */
  apply(x?: Named<Tensor>): Applied;
}

export interface Look {
  /** Rows of the batch. */
  readonly samples: number;
  /** With the weights as they are now. Owned by the caller. */
  run(beside?: Named<TypedArray>): Promise<Named<HostArray>>;
  dispose(): void;
}

/** `see` is traced once; what it gives is computed by each run. The caller disposes it, or the trainer with itself. Throws what `evaluate` throws of data. */
export async function lookAtLoss(
  trainer: TrainerLike,
  data: Data<Names, Names>,
  options: LookOptions,
  see: (seen: SeenLoss) => Named<Tensor>,
): Promise<Look> {
  const { who } = options,
    session = known(trainer, who);
  checkData(who, data);
  const read = await session.read(session.dataset(data, who));
  const batch = Math.min(options.samples ?? read.samples, read.samples),
    taken = takenBy(read);
  const built = session.build(read.sample),
    heads = session.heads(who);
  const inputs = new Batch(session.backend, { ...taken, batch, targets: targetsOf(heads, built, read.rows), dtype: session.dtype });
  inputs.write(read, { order: undefined, from: 0, count: batch });
  const objective = modelObjective(built, heads);
  return looking<BatchInputs<Tensor>>({ session, built, batch, options, inputs }, ({ batch: given, weights, state, beside }) => {
    const loss = (x: Named<Tensor> = given.x): Tensor =>
      objective(weights, { batch: { ...given, x }, ...(state !== undefined && { state }) }).loss;
    return see({ x: given.x, weights, beside, built, loss });
  });
}

/** Likewise, of inputs alone. Throws what `predict` throws of them. */
export async function lookAtOutputs(
  trainer: TrainerLike,
  given: GivenInputs,
  options: LookOptions,
  see: (seen: SeenOutputs) => Named<Tensor>,
): Promise<Look> {
  const { who } = options,
    session = known(trainer, who);
  const read = await session.read(session.samples(given, who));
  const batch = Math.min(options.samples ?? read.samples, read.samples);
  const built = session.build(read.sample),
    { backend, dtype } = session;
  const inputs = new Inputs(backend, { sample: read.sample, counted: Object.keys(read.lengths), batch, dtype });
  inputs.write(read, { order: undefined, from: 0, count: batch });
  type Given = Pick<BatchInputs<Tensor>, "x" | "lengths">;
  return looking<Given>({ session, built, batch, options, inputs }, ({ batch: { x: own, lengths }, weights, state, beside }) => {
    const carried = state === undefined ? {} : { carried: nested(built, state) };
    const apply = (x: Named<Tensor> = own): Applied => built.apply(weights, x, { masks: masksOf(lengths, own, dtype), ...carried });
    return see({ x: own, weights, beside, built, apply });
  });
}

interface Looking<B> {
  readonly session: Session;
  readonly built: BuiltModel;
  readonly batch: number;
  readonly options: LookOptions;
  /** Held from now on. */
  readonly inputs: Held & { readonly arrays: InPlace<B> };
}

type InPlace<B> = { readonly [K in keyof B]: B[K] extends Tensor ? NDArray : Named<NDArray> };

interface Traced<B> {
  readonly batch: B;
  readonly weights: Named<Tree<Tensor>>;
  readonly state: Named<Tensor> | undefined;
  readonly beside: Named<Tensor>;
}

async function looking<B>(
  { session, built, batch, options: { who, beside: asked = {} }, inputs }: Looking<B>,
  see: (traced: Traced<B>) => Named<Tensor>,
): Promise<Look> {
  const { backend, dtype } = session;
  const { layout, flat } = session.variables(who);
  const { carried, beside } = allOrNothing((keep) => {
    keep(inputs);
    const carried = keep(new Carried(backend, built, batch, dtype));
    const made = Object.entries(asked).map(([name, { shape, dtype }]) => [name, keep(zeros(backend, shape, { dtype, name }))] as const);
    return { carried, beside: Object.fromEntries(made) };
  });
  const fn = ({ params, frozen, batch, state, beside: given }: Flat<Tensor> & Omit<Traced<B>, "weights">): Named<Tensor> =>
    see({ batch, weights: unpack(layout, params, frozen), state, beside: given });
  const bound = await bind({
    ...{ backend, fn, name: who },
    inputs: { ...flat, batch: inputs.arrays, ...carried.state, beside } as never, // an array for each tensor
    held: [inputs, carried, ...Object.values(beside)],
  });
  const held: Held = session.own({ dispose: () => disposeEach([bound]) });
  return {
    samples: batch,
    async run(values = {}) {
      for (const [name, data] of Object.entries(values)) entryOf(beside, name).write(data);
      carried.begin();
      bound.run();
      const read = Object.entries<NDArray>(bound.outputs).map(async ([name, array]) => {
        const { dtype, shape } = array;
        return [name, { dtype, shape, data: await array.read() }] as const;
      });
      return Object.fromEntries(await Promise.all(read));
    },
    dispose() {
      session.disown(held);
      held.dispose();
    },
  };
}

function known(trainer: TrainerLike, who: string): Session {
  return sessionOf(trainer, who) ?? refuse(who, trainer);
}

function refuse(who: string, trainer: unknown): never {
  throw refused(who, "trainer", trainer, "what model.compile resolves to");
}
