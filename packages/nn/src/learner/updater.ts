// The update by batches of one shape, compiled and bound: a run is one update, or, where several batches are one, its part of it.
import { allOrNothing, zeros, type Backend, type Binding, type Bound, type NDArray, type Tensor } from "@sluice/core";
import { typedArray } from "../host/typedArray.ts";
import { bind, disposeEach, type Held } from "./bind.ts";
import { perturbations } from "../weights/perturbed.ts";
import { DrawnArray } from "./drawnArray.ts";
import type { Totals } from "./totals.ts";
import { updateStep, type Phase, type Task, type UpdateInputs } from "./update.ts";
import type { Variables } from "./variables.ts";

export interface UpdaterOptions<B> {
  readonly backend: Backend;
  readonly name: string;
  readonly task: Task<B>;
  readonly dtype: "f32" | "f64";
  /** Of what is drawn for weights. */
  readonly seed: number;
  readonly variables: Variables;
  readonly totals: Totals;
  readonly batch: Bound<B>;
  /** By name. */
  readonly masks: Readonly<Record<string, DrawnArray>>;
  /** By name. */
  readonly state?: Readonly<Record<string, NDArray>>;
  /** What was made for it: disposed with it, and also where it cannot be made. */
  readonly held: readonly Held[];
}

export interface Updater {
  /** What runs: the backend's word for it. */
  readonly executor: string;
  /** Enqueues the batch that lies in the arrays. */
  run(): void;
  dispose(): void;
}

/** Throws what tracing and the backend throw; then nothing is held. */
export async function createUpdater<B>(options: UpdaterOptions<B>): Promise<Updater> {
  const { backend, dtype, variables, totals, masks } = options;
  const { optimizer, scalars = {} } = options.task;
  const length = optimizer.hyperLength + Object.keys(scalars).length;
  const { hyper, perturbed } = allOrNothing((keep) => {
    options.held.forEach(keep);
    const hyper = keep(zeros(backend, [length], { dtype, name: "hyper" }));
    return { hyper, perturbed: perturbing(options, keep) };
  });
  const drawn = Object.values(perturbed);
  const bound = await bindPhases({ ...options, held: [...options.held, hyper, ...drawn] }, { hyper, perturbed });
  const rates = typedArray(dtype, length);
  return {
    executor: bound.last.executor,
    run() {
      optimizer.hyper(variables.updates, rates, variables.learningRateScale);
      Object.values(scalars).forEach((at, i) => (rates[optimizer.hyperLength + i] = at(variables.updates)));
      hyper.write(rates);
      for (const mask of [...Object.values(masks), ...drawn]) mask.write(variables.batches);
      if (variables.isLastOfUpdate) bound.last.run();
      else bound.others.run();
      totals.count();
      variables.batches++;
    },
    dispose() {
      disposeEach(new Set([bound.others, bound.last]));
    },
  };
}

type Drawing = Readonly<Record<string, DrawnArray>>;

/** What an updater makes for itself. */
interface Own {
  readonly hyper: NDArray;
  readonly perturbed: Drawing;
}

/** One for all samples of a batch. */
function perturbing<B>({ backend, dtype, seed, task }: UpdaterOptions<B>, keep: <H extends Held>(held: H) => H): Drawing {
  const drawn = Object.entries(perturbations(task.layout));
  return Object.fromEntries(drawn.map(([name, mask]) => [name, keep(new DrawnArray(backend, { name, mask, batch: 1, dtype, seed }))]));
}

/** The Program for the last batch of an update, and that for the others; the same where an update is one batch. */
interface Phases {
  readonly others: Binding<void>;
  readonly last: Binding<void>;
}

async function bindPhases<B>(options: UpdaterOptions<B>, own: Own): Promise<Phases> {
  const { held, variables } = options;
  if (variables.gathered === undefined) {
    const last = await bindPhase(options, "update", own, held);
    return { others: last, last };
  }
  const last = await bindPhase(options, "finish", own, held);
  try {
    return { others: await bindPhase(options, "gather", own, []), last };
  } catch (error) {
    last.dispose();
    throw error;
  }
}

function bindPhase<B>(options: UpdaterOptions<B>, phase: Phase, { hyper, perturbed }: Own, held: readonly Held[]): Promise<Binding<void>> {
  const { backend, name, task, variables, totals, batch, masks, state } = options;
  const arraysOf = (drawn: Drawing): Readonly<Record<string, NDArray>> =>
    Object.fromEntries(Object.entries(drawn).map(([key, { array }]) => [key, array]));
  const { gathered } = variables;
  const inputs = {
    ...{ batch, slots: variables.slots, hyper, totals: totals.array, ...variables.flat },
    ...(Object.keys(masks).length > 0 && { masks: arraysOf(masks) }),
    ...(Object.keys(perturbed).length > 0 && { perturbations: arraysOf(perturbed) }),
    ...(state !== undefined && { state }),
    ...(gathered !== undefined && { gathered: { gradient: gathered.gradient, weight: gathered.weight } }),
  };
  return bind({
    ...{ backend, name: phase === "gather" ? `${name}.gather` : name, fn: updateStep(task, phase), held },
    inputs: inputs as unknown as Bound<UpdateInputs<B, Tensor>>, // as `updateStep` takes them, whatever a batch is
  });
}
