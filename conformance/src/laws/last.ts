// One value has one set of bits: the last output that counts is where it is asked for as such, in the outputs, and as the state.
import type { TypedArray } from "@sluice/core";
import { countsOf } from "../oracle/index.ts";
import { dataOf, describe, type Structure } from "../arbitraries/cells.ts";
import { kinds, varied } from "../arbitraries/variants.ts";
import type { Law } from "../law.ts";
import type { Tree } from "../tree.ts";
import type { Read } from "./agree.ts";
import { hunt } from "./hunt.ts";
import { whole } from "./running.ts";

/** For cells whose output is their state h. */
export const lastLaw: Law = hunt<Structure>({
  name: "last: the last output that counts is the state h, and what the outputs have there, to the last bit",
  pool: (seed) => kinds.flatMap((kind) => varied(kind, seed)),
  sample: 24,
  describe,
  async claim(backend, example) {
    const { structure, dtype } = example,
      { batch, steps, timeMajor, choice } = structure,
      data = dataOf(example),
      counts = countsOf(steps, data);
    const { last, outputs, state } = (await whole(backend, structure, data, dtype)) as Record<"last" | "outputs" | "state", Tree<Read>>,
      h = (state as { readonly h: Read }).h.data;
    const [each, all] = [(last as Read).data, (outputs as Read).data],
      units = each.length / batch;
    const isReverse = choice.kind === "recurrence" && choice.reverse;
    for (let row = 0; row < batch; row++) {
      const counted = Array.from({ length: steps }, (_, step) => step).filter((step) => counts(row, step));
      const step = isReverse ? counted[0] : counted.at(-1);
      if (step === undefined) continue;
      const at = timeMajor ? step * batch + row : row * steps + step;
      same(`last and state.h of row ${row}`, part(each, row, units), part(h, row, units));
      same(`last and outputs of row ${row}, step ${step}`, part(each, row, units), part(all, at, units));
    }
  },
});

function part(data: TypedArray, at: number, units: number): TypedArray {
  return data.subarray(at * units, (at + 1) * units);
}

function same(what: string, one: TypedArray, other: TypedArray): void {
  const at = one.findIndex((value: number, i: number) => !Object.is(value, other[i]));
  if (at >= 0) throw new Error(`${what} should be the same number, unit ${at} is ${one[at]} and ${other[at]}`);
}
