// One network, one task, one seed: trained until it has learnt the task or its updates are used up, and looked at while it trains.
import { SluiceError, type Backend } from "@sluice/core";
import { gradientFlow, gradientFlowRecorder, type FlowRecord, type Verdict } from "@sluice/insight";
import { adam, type Callback, type Trainer } from "@sluice/nn";
import { contenders, type ContenderName } from "./contenders.ts";
import { inputFlow } from "./inputFlow.ts";
import { batchesPerLook, type Task } from "./tasks/task.ts";

export interface TrialOptions {
  readonly units: number;
  /** Updates at most. */
  readonly updates: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Default the network's own. */
  readonly learningRate?: number;
  /** Hears how it is doing. */
  onLook?(updates: number, measured: number): void;
}

/** Where the gradient is, step by step. */
export interface Flow {
  /** "h", or "x" where nothing recurs. */
  readonly of: string;
  readonly norms: readonly (number | null)[];
  /** Of what recurs. */
  readonly verdict?: Verdict;
}

/** JSON. */
export interface Trial {
  readonly contender: ContenderName;
  readonly task: string;
  readonly seed: number;
  readonly parameters: number;
  readonly seconds: number;
  readonly updates: number;
  /** Updates until the task was learnt; absent where it was not. */
  readonly solvedAfter?: number;
  /** Whether a loss or gradient was not finite, which ended it. */
  readonly diverged: boolean;
  /** Of the test sequences, after so many updates. */
  readonly curve: readonly { readonly updates: number; readonly measured: number }[];
  readonly before: Flow;
  readonly after: Flow;
  /** While it trained; of what recurs. */
  readonly record?: FlowRecord;
}

/** Rows whose gradients are looked at. */
const looked = 50;

export async function trial(backend: Backend, contender: ContenderName, task: Task, options: TrialOptions): Promise<Trial> {
  const { units, updates, seed, signal } = options;
  const { model, learningRate: own } = contenders[contender];
  const measures = task.measure.name === "accuracy" ? (["accuracy"] as const) : [];
  const trainer: Trainer = await model(task, units).compile({
    ...{
      backend,
      optimizer: adam({ learningRate: options.learningRate ?? own, globalClipNorm: 1 }),
      loss: task.loss,
      metrics: measures,
      seed,
    },
  });
  try {
    const recurs = contender !== "attention";
    const before = await flowOf(trainer, task, recurs);
    const recorder = gradientFlowRecorder({ data: rowsOf(task, 20), every: batchesPerLook });
    const watch = watching(task, options);
    const began = performance.now();
    const diverged = await divergence(
      trainer.fit((epoch) => task.training(seed, epoch), {
        ...{ epochs: Math.ceil(updates / batchesPerLook), validationData: task.test, verbose: false, signal },
        callbacks: [...(recurs ? [recorder] : []), watch.callback],
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    const { curve } = watch;
    const solvedAfter = watch.solvedAfter();
    return {
      ...{
        contender,
        task: task.title,
        seed,
        parameters: await parametersOf(trainer),
        seconds,
        updates: curve.at(-1)?.updates ?? 0,
        ...{ diverged, curve },
      },
      ...(solvedAfter !== undefined && { solvedAfter }),
      ...{ before, after: await flowOf(trainer, task, recurs) },
      ...(recurs && { record: recorder.record }),
    };
  } finally {
    trainer.dispose();
  }
}

function watching({ measure, solvedAt }: Task, { onLook }: TrialOptions) {
  const curve: { readonly updates: number; readonly measured: number }[] = [];
  let solved: number | undefined;
  const callback: Callback = {
    name: "gates",
    onEpochEnd(log, training) {
      const measured = log[measure.name === "mse" ? "valLoss" : "valAccuracy"] ?? Number.NaN;
      curve.push({ updates: training.batches, measured });
      onLook?.(training.batches, measured);
      if (measure.better === "lower" ? measured >= solvedAt : measured <= solvedAt) return;
      solved = training.batches;
      training.stop();
    },
  };
  return { callback, curve, solvedAfter: (): number | undefined => solved };
}

/** Training stops where a number is none, and leaves what was learnt before. */
async function divergence(training: Promise<unknown>): Promise<boolean> {
  try {
    await training;
    return false;
  } catch (error) {
    if (error instanceof SluiceError && error.code === "NOT_FINITE") return true;
    throw error;
  }
}

async function flowOf(trainer: Trainer, task: Task, recurs: boolean): Promise<Flow> {
  if (!recurs) return { of: "x", norms: await inputFlow(trainer, task.test, looked) };
  const { layers } = await gradientFlow(trainer, task.test, { samples: looked });
  const found = layers.find(({ state }) => state === "h");
  return { of: "h", norms: found?.mean ?? [], ...(found !== undefined && { verdict: found.verdict }) };
}

function rowsOf({ test: { x, y }, steps, features }: Task, rows: number) {
  return { x: { ...x, shape: [rows, steps, features], data: x.data.slice(0, rows * steps * features) }, y: y.slice(0, rows) };
}

async function parametersOf(trainer: Trainer): Promise<number> {
  const { weights } = await trainer.checkpoint();
  return Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
}
