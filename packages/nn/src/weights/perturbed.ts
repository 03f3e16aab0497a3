// Weights as a loss sees them in training where they are to be robust: with noise (Jim et al. 1996; Graves 2011, section 3), or some of them left out
// (DropConnect: Wan et al. 2013; of recurrent kernels Merity et al. 2017). What is drawn, another for each batch, comes from outside.
import type { Shape, Tensor } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { replaced, viewOf, type Layout } from "./layout.ts";

/** As layers say what is drawn for them. */
type Drawn = { readonly shape: Shape } & ({ readonly mean: number; readonly deviation: number } | { readonly rate: number });

/** What is drawn for each batch, by what it is and for which weight; each [1, …weight]. */
export function perturbations({ perturbed }: Layout): Readonly<Record<string, Drawn>> {
  const drawn = perturbed.flatMap(({ name, entry: { shape }, weightNoise, weightDrop }): [string, Drawn][] => [
    ...(weightNoise > 0 ? [[noiseOf(name), { shape, mean: 0, deviation: weightNoise }] as [string, Drawn]] : []),
    ...(weightDrop > 0 ? [[dropOf(name), { shape, rate: weightDrop }] as [string, Drawn]] : []),
  ]);
  return Object.fromEntries(drawn);
}

/** Traced, flat: w ∘ m + n of each that is perturbed. Its gradient is that of w as it was seen, times m. */
export function perturb({ perturbed }: Layout, params: Tensor, drawn: Readonly<Record<string, Tensor>>): Tensor {
  if (perturbed.length === 0) return params;
  const each = perturbed.map(({ name, entry, weightNoise, weightDrop }) => {
    const weight = viewOf(entry, params);
    const part = (of: string): Tensor => entryOf(drawn, of).at(0, 0);
    const left = weightDrop > 0 ? weight.mul(part(dropOf(name))) : weight;
    return [entry, weightNoise > 0 ? left.add(part(noiseOf(name))) : left] as const;
  });
  return replaced(params, 0, each);
}

/** No layer's drawing is named like that: there is a space in it. */
function noiseOf(weight: string): string {
  return `weightNoise ${weight}`;
}

function dropOf(weight: string): string {
  return `weightDrop ${weight}`;
}
