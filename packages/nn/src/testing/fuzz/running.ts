// What is done with what a row has made: layers stand in models of their own, models are trained on samples that fit, measures are traced.
import fc from "fast-check";
import * as core from "@sluice/core";
import { shape } from "@sluice/core/arguments";
import { open } from "@sluice/core/reference";
import { any, Later, maybe, sizes, tensor, type Param, type Row } from "@sluice/conformance/fuzz";
import * as nn from "@sluice/nn";
import { tabled } from "./tabled.ts";

export const backend = await open();

/** What rows share that need one that works. */
export const model = nn.sequential([nn.input({ shape: [2] }), nn.dense({ units: 1 })]);

export const samples: Param = any(
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom<number[]>([3], [2, 3], [4, 2], [], [2, 2, 2], [2, 4]) }, sizes),
);

/** A layer of a list of values, in a model that gives it one twice. */
export function merging(options: Param): Row {
  return {
    params: [options, samples],
    use: (fn, [config, sample]) => {
      const x = nn.input();
      return useModel(nn.model({ inputs: x, outputs: (fn(config as never) as nn.MergeLayer)([x, x]) }), sample as never);
    },
  };
}

/** A layer, in a model of its own for samples of any shape. */
export function layered(...params: readonly Param[]): Row {
  return {
    params: [...params, samples],
    use: (fn, args) => useLayer(fn(...(args.slice(0, -1) as never[])) as nn.AnyLayer, args.at(-1) as never),
  };
}

export function useLayer(layer: nn.AnyLayer, sample: core.Shape): Promise<void> {
  return useModel(nn.sequential([layer]), sample);
}

/** Trained on two samples, where a sample is small. */
export async function useModel(made: nn.Model, sample: core.Shape): Promise<void> {
  const { shape: size, dtype } = made.sample(sample),
    { y: output } = made.build(made.sample(size)).outputs;
  if (output === undefined || output.spec.dtype !== "float" || [size, output.spec.shape].some((axes) => elements(axes) > 1000)) return;
  await fitted(
    await made.compile({ backend, optimizer: nn.sgd(), loss: "mse" }),
    {
      x: {
        shape: [2, ...size],
        dtype: dtype === "i32" ? "i32" : "f32",
        data: new (dtype === "i32" ? Int32Array : Float32Array)(2 * elements(size)),
      },
      y: { shape: [2, ...output.spec.shape], dtype: "f32", data: new Float32Array(2 * elements(output.spec.shape)) },
    },
    { epochs: 1, batchSize: 2 },
  );
}

export async function fitted(made: nn.Trainer, given: nn.Data, config: nn.FitOptions): Promise<void> {
  try {
    await made.fit(given, config);
  } finally {
    made.dispose();
  }
}

/** A loss or a metric: what it takes as targets, and traced over tensors that fit, or do not; called, where there is a table of options. */
export function measured(table?: object): readonly Row[] {
  const called: readonly Row[] =
    table === undefined ? [] : [{ params: [maybe(tabled(table))], use: (fn, [config]) => fn(config as never) }];
  return [
    ...called,
    { params: [any(sizes, shape.accepts)], use: (measure, [output]) => (measure as unknown as nn.Measure).target(output as core.Shape) },
    {
      params: [tensor, tensor],
      use: (measure, [y, z]) =>
        core.trace(
          "fuzz",
          () => {
            const { perSample } = measure as unknown as nn.Measure;
            return perSample(...(placed([y, z]) as [core.Tensor, core.Tensor]));
          },
          [],
        ),
    },
  ];
}

export function placed(args: readonly unknown[]): readonly unknown[] {
  return args.map((each) => (each instanceof Later ? core.constant(0, each.spec.shape, each.spec.dtype) : each));
}

/** It trains a model for an epoch. */
export function optimizing(table: object): Row {
  return {
    params: [maybe(tabled(table))],
    use: async (fn, args) => {
      const optimizer = fn(...(args as never[])) as nn.Optimizer;
      await fitted(await model.compile({ backend, optimizer, loss: "mse" }), { x: [[1, 2]], y: [[1]] }, { epochs: 1 });
    },
  };
}

/** It is called while a model trains. */
export async function fittedWith(callback: nn.Callback): Promise<void> {
  const trainer = await model.compile({ backend, optimizer: nn.sgd(), loss: "mse" });
  await fitted(trainer, { x: [[1, 2]], y: [[1]] }, { epochs: 2, callbacks: [callback] });
}

/** It is asked for rates at steps that there are, and one that there is not. */
export function scheduling(table: object): Row {
  return {
    params: [tabled(table), any(fc.constantFrom(0, 1, 1e6, Number.MAX_SAFE_INTEGER, -1, 0.5), (step) => Number.isSafeInteger(step))],
    use: (fn, [config, step]) => (fn(config as never) as nn.Schedule)(step as number),
  };
}

function elements(axes: core.Shape): number {
  return axes.reduce((n, m) => n * m, 1);
}

export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export function isLayerOrModel(value: unknown): boolean {
  return isRecord(value) || typeof value === "function";
}
