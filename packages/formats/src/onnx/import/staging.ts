// What is the same for all runs may be computed once: the tensors that are made of weights and known numbers alone, in the order in which they are asked for.
import { SluiceError, type Tensor } from "@sluice/core";

export interface Staging {
  /** `make`, or what it gave before. */
  stage(make: () => Tensor): Tensor;
}

/** Everything in one: for training, where the weights change from run to run. */
export const whole: Staging = { stage: (make) => make() };

/** Gathers them in `made`. */
export function gathering(made: Tensor[]): Staging {
  return {
    stage(make) {
      const tensor = make();
      made.push(tensor);
      return tensor;
    },
  };
}

/** Takes them from `made`, in the same order. */
export function given(made: readonly Tensor[]): Staging {
  let next = 0;
  return {
    stage() {
      const tensor = made[next++];
      if (tensor !== undefined) return tensor;
      throw new SluiceError({ code: "INTERNAL", who: "internal: onnx", what: "a graph asks for more than it prepared" });
    },
  };
}
