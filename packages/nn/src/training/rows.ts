// Arrays of a dataset have as many rows as there are samples, each of one shape.
import { SluiceError, type Shape } from "@sluice/core";
import type { HostNumbers } from "@sluice/core/arguments";

export interface Asking {
  readonly who: string;
  readonly name: string;
}

/** Throws SHAPE_MISMATCH for another shape than [samples, …inner]. */
export function checkRows({ shape }: HostNumbers, samples: number, inner: Shape, { who, name }: Asking): void {
  const wanted = [samples, ...inner];
  if (shape.join() === wanted.join()) return;
  const what = `${name} must be [${[`samples ${samples}`, ...inner].join(", ")}] to go with x and the model's output, got [${shape.join(", ")}]`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { expected: wanted, got: shape } });
}
