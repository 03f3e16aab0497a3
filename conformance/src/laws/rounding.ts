// That a value computed again has the bits of the one that was stored: what lets core compute cheap values in every kernel that wants them.
import type { MapStep, Program, Supports } from "@sluice/core";
import { dense, lower } from "@sluice/core/kit";
import type fc from "fast-check";
import { contentsOf } from "../arbitraries/contents.ts";
import { programs } from "../arbitraries/programs.ts";
import type { Law } from "../law.ts";
import { pooled } from "./pool.ts";

/** For backends that declare no excess precision. */
export const roundingLaw: Law = pooled({
  name: "rounding: what a kernel computes again has the bits of what another one stored",
  programs: compared,
  unless: ({ excessPrecision }) => excessPrecision,
  async claim(trial, seed) {
    for (const specials of [false, true]) {
      const read = await trial.run(contentsOf(trial.program, seed, specials)),
        differs = read.at(-1)!.findIndex((value) => value !== 0);
      if (differs >= 0) throw new Error(`element ${differs} should be the number that was stored, computed again it is another one`);
    }
  },
});

/** A map, and after it one that computes its first output again and gives 1 where that differs from what was stored. */
function compared(supports: Supports): fc.Arbitrary<Program> {
  return programs(supports, { kinds: ["map"], steps: 1, scans: "none" })
    .filter((program) => repeated(program) !== undefined)
    .map((program) => lower(withAgain(program, repeated(program)!), supports.ops));
}

/** The last step, where what it reads is still there after it. */
function repeated({ steps }: Program): MapStep | undefined {
  const step = steps.at(-1);
  if (step?.kind !== "map") return undefined;
  const written = new Set(step.outputs.map(({ view }) => view.slot));
  return step.inputs.some(({ slot }) => written.has(slot)) ? undefined : step;
}

function withAgain({ slots, steps, ...program }: Program, { shape, body, inputs, outputs }: MapStep): Program {
  const [{ view: stored, value: again }] = outputs as [MapStep["outputs"][number]],
    { dtype } = slots[stored.slot]!;
  const binding = slots.filter((slot) => slot.binding !== undefined).length,
    length = shape.reduce((product, n) => product * n, 1),
    n = body.length;
  const comparison: MapStep = {
    kind: "map",
    shape,
    inputs: [...inputs, stored],
    body: [
      ...body,
      { op: "load", input: inputs.length },
      { op: "less", x: again, y: n },
      { op: "less", x: n, y: again },
      { op: "max", x: n + 1, y: n + 2 },
    ],
    outputs: [{ view: dense(slots.length, shape), value: n + 3 }],
  };
  return { ...program, slots: [...slots, { dtype, length, binding }], steps: [...steps, comparison] };
}
