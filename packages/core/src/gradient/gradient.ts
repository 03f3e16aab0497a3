// What users ask for: gradients of traced values with respect to traced values, as traced values.
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import type { Node } from "../graph/node.ts";
import { sameShape } from "../shape.ts";
import { checkFunction, record } from "../arguments/checks.ts";
import { checkTensor, checkTensors } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { mapTensors, tensorsOf } from "../trace/scan.ts";
import { Tensor } from "../trace/tensor.ts";
import type { Tree } from "../trace/tree.ts";
import { backpropagate } from "./backpropagate.ts";

/**
 * dL/dw for each tensor w of `wrt`, in the same tree; zeros where L does not depend on w. Each is total: what L makes of w on its own and through others of `wrt`.
 *
 * L is `y` where that is a scalar, otherwise Σ upstream ∘ y with `upstream` of y's shape.
 * Second derivatives are gradients of gradients. Throws NOT_DIFFERENTIABLE for an i32 `y` or w, or for a `y` that is
 * no scalar without an upstream; SHAPE_MISMATCH for an upstream of another shape.
 */
export function gradient<T extends Tree<Tensor>>(y: Tensor, wrt: T, upstream?: Tensor): T {
  checkTensors("gradient", { upstream });
  return slopes(y, wrt, upstream, false);
}

/** `apart`: as if none of `wrt` depended on another. */
function slopes<T extends Tree<Tensor>>(y: Tensor, wrt: T, upstream: Tensor | undefined, apart: boolean): T {
  const targets = tensorsOf(wrt).map(([path, t]) => checkFloat(t, path || "tensor"));
  const nodes = targets.map((t) => t.node),
    wanted = new Set(nodes),
    isWanted = (node: Node): boolean => wanted.has(node);
  const gradients = backpropagate([[checkFloat(y, "loss").node, seedOf(y, upstream)]], isWanted, apart ? isWanted : () => false);
  let i = 0;
  return mapTensors(wrt, (w, path) =>
    w.derive(gradients.get(nodes[i++]!) ?? make.constant(0, w.shape, w.dtype), w.axes, `d ${path || w.name}`),
  );
}

/** A function's value and its gradient with respect to every float tensor among its arguments. */
export interface ValueAndGradient<A extends readonly Tree<Tensor>[], Aux> {
  readonly value: Tensor;
  /** One tree per argument, like the argument; i32 tensors come back as they are. */
  readonly gradients: A;
  readonly aux: Aux;
}

/**
 * `fn` with its gradient by each argument, the others held: the result takes the same arguments and gives `{ value, gradients, aux }`.
 * `fn` returns the scalar to differentiate, or `{ value, aux }` with whatever else it computed. What is not used costs nothing.
 */
export function valueAndGradient<A extends readonly Tree<Tensor>[], Aux = undefined>(
  fn: (...args: A) => Tensor | { readonly value: Tensor; readonly aux: Aux },
): (...args: A) => ValueAndGradient<A, Aux> {
  checkFunction("valueAndGradient", "fn", fn);
  return (...args) => {
    const result = fn(...args);
    if (!(result instanceof Tensor)) record("valueAndGradient", result, "what the function returns");
    const [value, aux] = result instanceof Tensor ? [result, undefined as Aux] : [result.value, result.aux];
    const floats = tensorsOf(args)
      .map(([, t]) => t)
      .filter((t) => t.dtype !== "i32");
    const found = slopes(value, floats, undefined, true),
      byTensor = new Map(floats.map((t, i) => [t, found[i]!]));
    return { value, aux, gradients: mapTensors(args as unknown as Tree<Tensor>, (t) => byTensor.get(t) ?? t) as unknown as A };
  };
}

function seedOf(y: Tensor, upstream: Tensor | undefined): Node {
  if (upstream === undefined) {
    if (y.size === 1) return make.constant(1, y.shape, y.dtype);
    throw new SluiceError({
      code: "NOT_DIFFERENTIABLE",
      who: "gradient",
      what: `${describe(y, "y")} is no scalar`,
      fix: "Sum or average it, or give an upstream gradient of its shape",
    });
  }
  if (sameShape(upstream.shape, y.shape) && upstream.dtype === y.dtype) return upstream.node;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: "gradient",
    what: `the upstream gradient must be like ${describe(y, "y")} ${y.dtype}, got ${describe(upstream, "upstream")} ${upstream.dtype}`,
    facts: { shapes: [y.shape, upstream.shape] },
  });
}

function checkFloat(x: Tensor, name: string): Tensor {
  checkTensor("gradient", x, name);
  if (x.dtype !== "i32") return x;
  throw new SluiceError({
    code: "NOT_DIFFERENTIABLE",
    who: "gradient",
    what: `${describe(x, name)} is i32: integers have no gradient`,
    fix: "cast(…) to a float before the part to differentiate",
  });
}
