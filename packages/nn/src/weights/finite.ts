// Weights that are no numbers: they would predict nothing but NaN, without a word.
import { SluiceError, type HostArray } from "@sluice/core";
import { show } from "@sluice/core/arguments";

/** Throws NOT_FINITE, naming the array and its first element that is NaN or infinite. */
export function checkFinite({ data }: HostArray, name: string, who: string): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new SluiceError({
      code: "NOT_FINITE",
      who,
      what: `array ${show(name)} has ${data[i]} at element ${i}`,
      fix: "Weights must be numbers; saveModel, loadModel and the like take { allowNonFinite: true }",
      facts: { name, index: i, value: data[i] },
    });
  }
}
