// What stands between layers: normalisations and positions, their options, sizes and data.
import {
  layerNormalised,
  rmsNormalised,
  rotation,
  row,
  sinusoidal,
  zeros,
  type Arithmetic,
  type Bounded,
  type RotaryOptions,
} from "../oracle/index.ts";
import { put } from "../oracle/bounded.ts";
import type { Example } from "./examples.ts";
import { randoms, uniform } from "./numbers.ts";

export type LayerChoice =
  | { readonly layer: "layerNormalization"; readonly gain: boolean; readonly shift: boolean; readonly epsilon?: number }
  | { readonly layer: "rmsNormalization"; readonly gain: boolean; readonly epsilon?: number }
  | ({ readonly layer: "rotary" } & RotaryOptions)
  | { readonly layer: "sinusoidalPositions" };

export interface LayerStructure {
  readonly choice: LayerChoice;
  readonly shape: readonly number[];
  /** How large x is: where small, epsilon counts. */
  readonly size: number;
}

export type LayerExample = Example<LayerStructure>;

/** x [… , size], as far as given a gain and a shift [size], and the upstream gradient of what is made of them. */
export interface LayerData {
  readonly inputs: { readonly x: Bounded; readonly gain?: Bounded; readonly shift?: Bounded };
  readonly upstream: Bounded;
}

export const layers: readonly LayerStructure[] = [
  ...([[4], [2, 3], [3, 1], [2, 2, 5], [2, 33], [0, 3]] as const).flatMap((shape, i): readonly LayerStructure[] => [
    { choice: { layer: "layerNormalization", gain: i % 2 === 0, shift: i % 3 !== 0 }, shape, size: 1 },
    { choice: { layer: "layerNormalization", gain: i % 2 === 1, shift: i % 3 !== 1, epsilon: 0.01 }, shape, size: 0.01 },
    { choice: { layer: "rmsNormalization", gain: i % 2 === 0 }, shape, size: 0.01 },
    { choice: { layer: "rmsNormalization", gain: i % 2 === 1, epsilon: 0.5 }, shape, size: 1 },
  ]),
  ...(
    [
      [3, 2],
      [2, 3, 4],
      [2, 2, 3, 6],
      [2048, 2],
    ] as const
  ).flatMap((shape, i): readonly LayerStructure[] => [
    { choice: { layer: "rotary" }, shape, size: 1 },
    { choice: { layer: "rotary", offset: 1 + i, base: 100 }, shape, size: 1 },
    { choice: { layer: "rotary", interleaved: true, offset: 500 * i }, shape, size: 1 },
  ]),
  ...[
    [1, 1],
    [5, 4],
    [3, 7],
    [2048, 6],
  ].map((shape): LayerStructure => ({ choice: { layer: "sinusoidalPositions" }, shape, size: 1 })),
];

/** One line that names everything about a structure. */
export function describeLayer({ structure: { choice, shape, size }, dtype, scale, seed }: LayerExample): string {
  return `${JSON.stringify(choice)}, x [${shape.join()}] × ${size}, ${dtype}, scale ${scale}, data seed ${seed}`;
}

export function layerDataOf({ structure: { choice, shape, size }, dtype, scale, seed }: LayerExample): LayerData {
  const random = randoms(uniform(seed), dtype);
  const vector = random.like(0.3, 1.5);
  const features = { shape: shape.slice(-1) };
  return {
    inputs: {
      x: random.like(0.1 * size * scale, 1.5 * size * scale)({ shape }),
      ...("gain" in choice && choice.gain && { gain: vector(features) }),
      ...("shift" in choice && choice.shift && { shift: vector(features) }),
    },
    upstream: vector({ shape }),
  };
}

export interface LayerOutcome<T> {
  readonly output: T;
  /** Of what it was given. */
  readonly gradients: { readonly x: T; readonly gain?: T; readonly shift?: T };
  readonly [key: string]: T | { readonly [key: string]: T };
}

/** The oracle's answer, row by row. Positions depend on nothing. */
export function layered(
  { choice, shape }: LayerStructure,
  { inputs: { x, gain, shift }, upstream }: LayerData,
  arithmetic: Arithmetic,
): LayerOutcome<Bounded> {
  const { plus, times } = arithmetic;
  const [output, dx] = [zeros(shape), zeros(shape)];
  if (choice.layer === "sinusoidalPositions") return { output: sinusoidal(arithmetic, shape[0]!, shape[1]!), gradients: { x: dx } };
  const shares: { readonly gain: Bounded; readonly shift: Bounded }[] = [];
  for (let i = 0; i < x.value.length / shape.at(-1)!; i++) {
    const d = row(upstream, i);
    const { value, backward } = onRow(choice, row(x, i), i % (shape.at(-2) ?? 1));
    const scaled = gain ? times(value, gain) : value;
    put(output, i, shift ? plus(scaled, shift) : scaled);
    put(dx, i, backward(gain ? times(d, gain) : d));
    shares.push({ gain: times(d, value), shift: d });
  }
  const sum = (name: "gain" | "shift") => plus(zeros(shape.slice(-1)), ...shares.map((share) => share[name]));
  return { output, gradients: { x: dx, ...(gain && { gain: sum("gain") }), ...(shift && { shift: sum("shift") }) } };

  function onRow(
    layer: Exclude<LayerChoice, { layer: "sinusoidalPositions" }>,
    v: Bounded,
    position: number,
  ): { readonly value: Bounded; backward(d: Bounded): Bounded } {
    switch (layer.layer) {
      case "layerNormalization":
        return layerNormalised(arithmetic, v, layer.epsilon);
      case "rmsNormalization":
        return rmsNormalised(arithmetic, v, layer.epsilon);
      case "rotary": {
        const { turn, backward } = rotation(arithmetic, v.value.length, position, layer);
        return { value: turn(v), backward };
      }
    }
  }
}
