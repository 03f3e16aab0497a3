// A model to be asked for its gradients at points on the way from a baseline to its inputs.
import { SluiceError, type HostArray, type TypedArray } from "@sluice/core";
import type { Numbers } from "@sluice/nn";
import { lookAtOutputs, type TrainerLike, type ByName, type Names } from "@sluice/nn/kit";
import { givenInputs, type Lengths } from "../runs/inputsOptions.ts";
import { there } from "../runs/there.ts";
import { traceSources, type Source } from "./traceSources.ts";

export type X = ByName<Names, Numbers>;
export type Arrays = Readonly<Record<string, HostArray>>;
export type Target = number | readonly number[];

export interface Asked {
  readonly samples: number;
  readonly lengths: Lengths | undefined;
  readonly output: string | undefined;
  readonly target: Target | undefined;
  readonly baseline: number;
}

export interface SourcesLook {
  readonly sources: readonly Source[];
  /** What is explained, of each row, and which number of the output that is. */
  readonly y: readonly number[];
  readonly target: readonly (readonly number[])[];
  /** At `alpha` of the way: 1 are the inputs themselves. */
  at(alpha: number): Promise<Arrays>;
}

/** Throws INVALID_ARGUMENT for an output or a target that there is not, and what `predict` throws of x. */
export async function withSources<R>(
  who: string,
  trainer: TrainerLike,
  x: X,
  asked: Asked,
  use: (look: SourcesLook) => Promise<R>,
): Promise<R> {
  const { samples, lengths, baseline } = asked;
  const given = givenInputs(x, lengths);
  let name = "";
  const shapes = await lookAtOutputs(trainer, given, { who, samples }, ({ apply }) => {
    name = outputIn(who, trainer, asked.output); // a trainer, as was seen
    return { output: there(apply().outputs[name]) };
  });
  const { output } = await shapes.run().finally(() => shapes.dispose());
  const { shape, dtype } = there(output);
  const make = (length: number): TypedArray => (dtype === "f64" ? new Float64Array(length) : new Float32Array(length));
  const select = make(there(output).data.length);
  const target = choose(who, there(output), asked.target, select);
  let sources: readonly Source[] = [];
  const beside = { alpha: { shape: [], dtype }, select: { shape, dtype } };
  const look = await lookAtOutputs(trainer, given, { who, samples, beside }, (seen) => {
    const traced = traceSources(seen, name, baseline);
    sources = traced.sources;
    return traced.given;
  });
  const at = (alpha: number): Promise<Arrays> => look.run({ alpha: make(1).fill(alpha) as TypedArray, select }); // of one kind
  try {
    const { y } = await at(1);
    return await use({ sources, y: Array.from(there(y).data, Number), target, at });
  } finally {
    look.dispose();
  }
}

function outputIn(who: string, { model }: TrainerLike, output: string | undefined): string {
  const names = model.ends.outputs;
  if (names === null && output === undefined) return "y";
  const name = output ?? (names?.length === 1 ? names[0] : undefined);
  if (name !== undefined && names?.includes(name) === true) return name;
  const what = output === undefined ? "the model has several outputs" : `there is no output "${output}"`;
  const fix = names === null ? "Leave output out: the model's has no name" : `Say which: ${names.join(", ")}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix });
}

/** Sets the places that are explained to 1, and tells which they are. */
function choose(
  who: string,
  { shape: [rows = 0, ...own], data }: HostArray,
  target: Target | undefined,
  select: TypedArray,
): readonly (readonly number[])[] {
  const size = data.length / rows;
  const wanted = target === undefined ? undefined : [target].flat();
  if (wanted !== undefined && (wanted.length !== own.length || wanted.some((index, axis) => index >= (own[axis] ?? 0))))
    throw noTarget(who, wanted, own);
  return Array.from({ length: rows }, (_, row) => {
    const flat =
      wanted?.reduce((at, index, axis) => at * (own[axis] ?? 1) + index, 0) ?? largest(data.subarray(row * size, (row + 1) * size));
    select[row * size + flat] = 1;
    return own.map((n, axis) => Math.floor(flat / own.slice(axis + 1).reduce((product, m) => product * m, 1)) % n);
  });
}

function largest(values: TypedArray): number {
  let best = 0;
  values.forEach((value: number, i: number) => {
    if (value > (values[best] ?? -Infinity)) best = i;
  });
  return best;
}

function noTarget(who: string, target: readonly number[], shape: readonly number[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `target [${target.join(", ")}] is no place of an output of [${shape.join(", ")}]`,
    fix: "Give an index for each axis behind the batch",
    facts: { target, shape },
  });
}
