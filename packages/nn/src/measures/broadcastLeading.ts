// Broadcasting from the front, where numpy's begins at the back: what is said of samples or steps, for all that lies in them.
import { broadcastTo, type Shape, type Tensor, where } from "@sluice/core";

/** x of the leading axes of `shape`, the same at all places along the others. */
export function broadcastLeading(x: Tensor, shape: Shape): Tensor {
  return broadcastTo(x.reshape([...x.shape, ...shape.slice(x.rank).map(() => 1)]), shape);
}

/** y [batch, steps, …] with 0 where the mask is, [batch, steps]: what is in no sum. */
export function ofSteps(y: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? y : where(broadcastLeading(mask, y.shape), y, 0);
}
