// Regions, by how far what is predicted and what is true overlap.
import { ofSteps } from "../measures/broadcastLeading.ts";
import { epsilon } from "../measures/epsilon.ts";
import { checkedMeasure, probabilities, sumPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/**
 * 1 − 2 Σ y z / (Σ y + Σ z + 10⁻⁷) of each sample, over every axis but the batch, of the steps that count (Dice 1945). y and z are probabilities, of the same shape.
 * Keras sums over the batch too, where it is given no axis.
 */
export const dice: Loss = checkedMeasure({
  name: "dice",
  target: probabilities,
  takesMask: "alike",
  perSample(given, z, mask) {
    const y = ofSteps(given, mask);
    const both = sumPerSample(y.mul(z)).mul(2);
    return both
      .div(sumPerSample(y).add(sumPerSample(z)).add(epsilon))
      .neg()
      .add(1);
  },
});
