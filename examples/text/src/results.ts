// What a run comes to, as JSON holds it.
import type { Comparison } from "./comparison.ts";
import type { Look } from "./contenders/network.ts";

export interface Results {
  readonly network: {
    readonly name: "gru" | "lstm";
    readonly units: number;
    readonly seed: number;
    readonly parameters: number;
    /** Bits per character, of the best epoch. */
    readonly validation: number;
    readonly test: number;
  };
  readonly comparison: Comparison;
  readonly looks: readonly Look[];
  readonly samples: readonly { readonly by: string; readonly prompt: string; readonly text: string }[];
  /** Different ones that there are. */
  readonly characters: number;
  readonly lengths: { readonly train: number; readonly validation: number; readonly test: number };
  readonly backend: string;
}
