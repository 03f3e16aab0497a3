// Places in a sequence as sines and cosines, for any number of steps: angles are computed in f64, where they are exact enough, and then rounded.
import type { Emitter } from "../emission/emitter.ts";
import { cast, concat, elementwise, reshape } from "../emission/operators.ts";
import type { Data, Numbers } from "../emission/values.ts";
import { singleOf } from "./reading.ts";
import type { Rule } from "./rule.ts";

/** x + sin, cos, sin, … of step·10000^(−2i/features). */
export const positionalEncoding: Rule = (use) => {
  const x = singleOf(use);
  if (x === undefined) return undefined;
  const [, steps = 0, features = 0] = x.shape,
    pairs = Math.ceil(features / 2);
  return {
    reads: [x],
    emit(e, value) {
      const { sin, cos } = turns(
        e,
        steps,
        Array.from({ length: pairs }, (_, i) => 10000 ** ((-2 * i) / features)),
      );
      const beside = (wave: Numbers): Numbers => reshape(e, wave, [steps, pairs, 1]);
      const both = reshape(e, concat(e, [beside(sin), beside(cos)], 2), [steps, 2 * pairs]);
      const table =
        features % 2 === 0 ? both : e.add("Slice", [both, ints(0), ints(features), ints(1)], { shape: [steps, features], elem: "f32" });
      return { "": elementwise(e, "Add", [value(x), table]) };
    },
  };
};

/** Sines and cosines of step·frequency, each [steps, frequencies]. */
export function turns(e: Emitter, steps: number, frequencies: readonly number[]): { readonly sin: Numbers; readonly cos: Numbers } {
  const step: Data = { kind: "data", data: Float64Array.from({ length: steps }, (_, t) => t), shape: [steps, 1], elem: "f64" };
  const frequency: Data = { kind: "data", name: e.names.take(`${e.origin}.frequencies`), data: Float64Array.from(frequencies), shape: [1, frequencies.length], elem: "f64" }; // prettier-ignore
  const angle = elementwise(e, "Mul", [step, frequency], "f64");
  return { sin: cast(e, elementwise(e, "Sin", [angle]), "f32"), cos: cast(e, elementwise(e, "Cos", [angle]), "f32") };
}

function ints(...values: readonly number[]) {
  return { kind: "ints", values } as const;
}
