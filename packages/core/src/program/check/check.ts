// Which Programs are legal: the definition. Everything the contract says that can be decided without running.
import type { Program, Step, Supports } from "../../backend.ts";
import { checkBody } from "../body.ts";
import { checkForm } from "./wellFormed.ts";
import { checkHazards } from "./hazards.ts";
import { checkLimits, checkSlotLimits } from "./limits.ts";
import { checkShapes } from "./shapes.ts";
import { illegal } from "./site.ts";
import { checkSlots } from "./slots.ts";
import { type Site, sitesOf } from "../uses.ts";
import { checkViews } from "./bounds.ts";
import { checkInitialised } from "./initialised.ts";

/**
 * Throws unless `program` is legal, and, if `supports` is given, within what that backend declares.
 *
 * Legal: bindings are numbered without gap or repeat, data slots are whole and never written; every view stays inside its slot in every
 * iteration; ranks, shapes and element types of a step agree; bodies refer backwards; outputs are injective and disjoint; a step reads
 * what it writes only through the identical view in a map, or by accumulating; scratch is written before it is accumulated into, as far as
 * the first and last iterations tell.
 *
 * Throws ILLEGAL_PROGRAM or UNSUPPORTED, naming the program, the step by its path (`lstm.forward step 2.scan.1 map` is
 * `steps[2].body[1]`), the slot and the numbers. Takes time in the number of steps and views, not of elements.
 */
export function check(program: Program, supports?: Supports): void {
  checkForm(program);
  checkSlots(program);
  checkSteps(program, program.steps, []);
  const sites = sitesOf(program.steps);
  if (supports !== undefined) checkSlotLimits(program, supports);
  for (const site of sites) checkKernel(program, site, supports);
  checkInitialised(program, sites);
}

function checkKernel(program: Program, site: Site, supports: Supports | undefined): void {
  checkViews(program, site);
  checkShapes(program, site);
  if ("body" in site.kernel) checkBody(program, site, site.kernel);
  checkHazards(program, site, supports?.inPlace ?? true);
  if (supports !== undefined) checkLimits(program, site, supports);
}

const kinds: { readonly [K in Step["kind"]]: true } = { map: true, reduce: true, matmul: true, gather: true, scatter: true, scan: true };

function checkSteps(program: Program, steps: readonly Step[], path: readonly number[]): void {
  steps.forEach((step, at) => {
    const here = [...path, at];
    if (!Object.hasOwn(kinds, step.kind))
      throw illegal(program, { path: here }, `a step is one of ${Object.keys(kinds).join(", ")}, got ${String(step.kind)}`);
    if (step.kind !== "scan") return;
    if (!Number.isSafeInteger(step.length) || step.length < 0)
      throw illegal(program, { path: here }, `a scan's length is a whole number from 0, got ${step.length}`);
    checkSteps(program, step.body, here);
  });
}
