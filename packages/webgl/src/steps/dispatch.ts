// A kernel's arguments follow from what it reads: steps say the regions and the lines, here they become one dispatch.
import { shader } from "../gpu/shader.ts";
import type { Dispatch, Input } from "./pass.ts";
import type { Region } from "./regions.ts";

/** What a step says of a kernel. */
export interface Draft {
  /** The regions of each texture, as `readsOf` gives them. Those of slot −1 are the result of the pass before. */
  readonly reads: readonly (readonly Region[])[];
  /** Read as it is when this pass runs, if given: `lines` gets the text of the element that a thread stands for. */
  readonly old?: Region | undefined;
  readonly lines: (old: string) => readonly string[];
  /** Whether the lines name `inf` or `nan`. Default false. */
  readonly specials?: boolean;
  /** Where each output goes; absent for what the next pass reads. */
  readonly outputs: readonly (Region | undefined)[];
  /** Threads; in the lines `e` is the number of each. */
  readonly length: number;
}

export function dispatch({ reads, old, lines, specials = false, outputs, length }: Draft): Dispatch {
  const [textures, numbers] = [reads.length, reads.flat().length];
  const more = old === undefined ? 0 : 1;
  return {
    shader: shader({
      lines: ["const e = this.thread.x;", ...lines(`t${textures}[p${numbers} + e]`)],
      textures: textures + more,
      numbers: numbers + more,
      specials,
      outputs: outputs.length,
      length,
    }),
    inputs: [
      ...reads.map((regions): Input => (regions[0]!.slot < 0 ? { result: 0 } : { regions })),
      ...(old === undefined ? [] : [{ latest: old }]),
    ],
    outputs,
    length,
  };
}
