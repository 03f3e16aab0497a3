// The Jacobians of a model's recurrences along the way that inputs take, as a traced function.
import { concat, constant, gradient, literal, scan, type Tensor, type WatchedStep } from "@sluice/core";
import type { SeenOutputs } from "@sluice/nn/kit";
import { countsOf, recurrentRuns, type Looking, type Named, type RunName } from "../runs/recurrentRuns.ts";
import { there } from "../runs/there.ts";

export interface JacobianPart extends RunName {
  /** Widths of the states, in the order in which they lie side by side. */
  readonly states: Readonly<Record<string, number>>;
  /** [steps, size, batch, size]: ∂(s_t)_i / ∂(s_{t−1})_j at t, i, row, j. */
  readonly jacobians: string;
  readonly counts: string | undefined;
}

export function traceJacobians(
  { apply }: Pick<SeenOutputs, "apply">,
  wants: (layer: string) => boolean,
): {
  readonly given: Named;
  readonly parts: readonly JacobianPart[];
} {
  const { runs } = recurrentRuns(deriving, () => apply());
  const given: Record<string, Tensor> = {};
  const parts = runs.flatMap(({ run, seen, layer, kind, cell, direction }, i): JacobianPart[] => {
    if (!wants(layer)) return [];
    const counted = countsOf(run);
    if (counted !== undefined) given[`counts ${i}`] = counted;
    given[`jacobians ${i}`] = there(seen["jacobian"]);
    const states = Object.fromEntries(floats(run.start).map(([name, x]) => [name, widthOf(x)]));
    return [{ layer, kind, cell, direction, states, jacobians: `jacobians ${i}`, counts: counted && `counts ${i}` }];
  });
  return { given, parts };
}

/** Row i of a Jacobian is the gradient of state i; one loop over i in every step. */
const deriving: Looking = () => ({
  inputs: {},
  step({ output, state, before }: WatchedStep) {
    const [from, to] = [floats(before), floats(state)];
    const size = from.reduce((sum, [, x]) => sum + widthOf(x), 0),
      { dtype = "f32" } = from[0]?.[1] ?? {};
    const units = (dtype === "f64" ? new Float64Array(size * size) : new Float32Array(size * size)).map((_, at) =>
      at % (size + 1) === 0 ? 1 : 0,
    );
    const after = concat(to.map(([, x]) => flat(x)));
    const { outputs } = scan({
      name: "jacobian",
      state: {},
      inputs: { one: literal(units, [size, size]) },
      step: (_, { one }) => {
        const slopes = gradient(
          after.mul(one).sum(),
          from.map(([, x]) => x),
        );
        return { state: {}, output: concat(slopes.map(flat)) };
      },
    });
    return { output, state, seen: { jacobian: size === 0 ? constant(0, [0], "f32") : outputs } };
  },
});

function floats(states: Named): readonly (readonly [name: string, state: Tensor])[] {
  return Object.entries(states).filter(([, { dtype }]) => dtype !== "i32");
}

function widthOf({ shape: [, ...own] }: Tensor): number {
  return own.reduce((product, n) => product * n, 1);
}

function flat(x: Tensor): Tensor {
  return x.reshape([x.shape[0] ?? 0, widthOf(x)]);
}
