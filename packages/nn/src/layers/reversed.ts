// Sequences the other way round, each from its own end.
import { cast, gather, iota, less, max, notEqual, where, type Tensor } from "@sluice/core";
import { masked } from "./callable.ts";
import type { Masked } from "./layer.ts";

/**
 * x [batch, steps, features] with the steps of each row up to its last that counts in reverse; those past it stay where they are. So a row that is
 * padded further comes out as before, and lengths stay lengths.
 */
export function reversed(x: Tensor, mask: Tensor | undefined): Tensor | Masked {
  if (mask === undefined) return x.flip(1);
  const [batch = 0, steps = 0, features = 0] = x.shape;
  const step = iota(steps, "i32");
  const end = max(cast(notEqual(mask, 0), "i32").mul(step.add(1)), 1, { keepDims: true });
  const from = where(less(step, end), end.sub(step).sub(1), step).add(iota(batch, "i32").expand(1).mul(steps));
  const picked = (t: Tensor, width: number): Tensor => gather(t.reshape([batch * steps, width]), from);
  return masked(picked(x, features), picked(mask, 1).reshape([batch, steps]));
}
