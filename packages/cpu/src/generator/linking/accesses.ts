// What a planned step reads and writes, by which launchers know what depends on what.
import { usesOf } from "@sluice/core/kit";
import type { PlannedStep } from "../plans/planPanels.ts";

/** Slots and panels by number. */
export interface Accesses {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** Panels are numbered after the slots, of which there are so many. */
export function accessesOf(step: PlannedStep, slots: number): Accesses {
  switch (step.kind) {
    case "pack":
      return { reads: [step.right.view.slot], writes: [slots + step.panels] };
    case "kernel": {
      const uses = usesOf(step.step);
      const [read, written] = [uses.filter(({ access }) => access !== "write"), uses.filter(({ access }) => access !== "read")];
      const packed = step.panels === undefined ? [] : [slots + step.panels];
      return { reads: [...read.map(({ view }) => view.slot), ...packed], writes: written.map(({ view }) => view.slot) };
    }
    case "scan": {
      const inside = step.body.map((inner) => accessesOf(inner, slots));
      return { reads: inside.flatMap(({ reads }) => reads), writes: inside.flatMap(({ writes }) => writes) };
    }
  }
}
