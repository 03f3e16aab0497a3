// Every operator of ONNX's own domain that is supported.
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { attentions } from "./attention.ts";
import { control } from "./control.ts";
import { convolution } from "./convolution.ts";
import { indexing } from "./indexing.ts";
import { making } from "./making.ts";
import { movement } from "./movement.ts";
import { normalisations } from "./normalisations.ts";
import type { Operator, Operators } from "./operator.ts";
import { products } from "./products.ts";
import { recurrent } from "./recurrent/recurrent.ts";
import { reductions } from "./reductions.ts";
import { scattering } from "./scattering.ts";

export const operators: Operators = {
  ...arithmetic,
  ...activations,
  ...movement,
  ...making,
  ...indexing,
  ...scattering,
  ...reductions,
  ...products,
  ...normalisations,
  ...convolution,
  ...recurrent,
  ...attentions,
  ...control,
};

/** The newest operator set that this was written by. */
export const newestVersion = 25;

export function operatorNamed(name: string): Operator | undefined {
  return Object.hasOwn(operators, name) ? operators[name] : undefined;
}
