// map: one kernel per region that is written; regions that are laid out alike share one, as far as the context can draw to several textures.
import type { MapStep, View } from "@sluice/core";
import { evaluate, sizeOf } from "@sluice/core/kit";
import type { Limits } from "../gpu/limits.ts";
import { hostSheet } from "../gpu/sheet.ts";
import { axesOf, stepsAt } from "../source/axes.ts";
import { loadsOf } from "../source/body.ts";
import { covers, locate } from "../source/locate.ts";
import { dispatch } from "./dispatch.ts";
import { loadsFor } from "./loads.ts";
import type { Pass } from "./pass.ts";
import { type Region, type Target, memberOf, stepsOf, targetsOf } from "./regions.ts";

export function map(step: MapStep, limits: Limits): Pass[] {
  if (sizeOf(step.shape) === 0) return [];
  const targets = targetsOf(step.outputs.map(({ view }) => view));
  const simple = new Map(targets.map((target) => [target, constant(step, target) ?? copy(step, target)]));
  const rest = targets.filter((target) => simple.get(target) === undefined);
  return [
    ...[...simple.values()].filter((pass) => pass !== undefined),
    ...bundles(step, rest, limits.outputs).map((bundle) => passOf(step, bundle, limits)),
  ];
}

/** A target that one view fills with a number is a sheet that can be made now. */
function constant({ body, outputs }: MapStep, { region, views }: Target): Pass | undefined {
  const { view, value } = outputs[views[0]!]!;
  if (!isFilled(region, view) || loadsOf(body, [value]).size > 0) return undefined;
  const values = new Float64Array(body.length);
  evaluate(body, () => NaN, values);
  return { constant: hostSheet(region.length, new Float32Array(region.length).fill(values[value]!)), to: region };
}

/** A target that one view fills with what another view of the same strides holds shares its sheets. */
function copy({ body, inputs, outputs }: MapStep, { region, views }: Target): Pass | undefined {
  const { view, value } = outputs[views[0]!]!;
  const instruction = body[value]!;
  if (instruction.op !== "load" || !isFilled(region, view)) return undefined;
  const from = inputs[instruction.input]!;
  if (from.strides.some((stride, axis) => view.shape[axis] !== 1 && stride !== view.strides[axis])) return undefined;
  return { copy: { ...region, slot: from.slot, start: region.start + from.offset - view.offset, advance: from.advance }, to: region };
}

/** Does the view alone name every element of the region? */
function isFilled(region: Region, view: View): boolean {
  return covers([memberOf(region, view, stepsOf(view))], region.length);
}

/** Targets that a single view fills, with the same strides, go together. */
function bundles({ outputs }: MapStep, targets: readonly Target[], most: number): Target[][] {
  const alike = new Map<string, Target[]>();
  const alone: Target[][] = [];
  for (const target of targets) {
    const view = outputs[target.views[0]!]!.view;
    if (!isFilled(target.region, view)) alone.push([target]);
    else {
      const key = view.strides.map((stride, axis) => (view.shape[axis] === 1 ? 0 : stride)).join();
      alike.set(key, [...(alike.get(key) ?? []), target]);
    }
  }
  const together = [...alike.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most)),
  );
  return [...together, ...alone];
}

function passOf({ shape, body, inputs, outputs }: MapStep, bundle: readonly Target[], limits: Limits): Pass {
  const [{ region, views }] = bundle as [Target];
  const stored = bundle.flatMap((target) => target.views.map((at) => outputs[at]!.value));
  const loads = loadsFor(body, inputs, stored, limits);
  const written = views.map((at) => outputs[at]!.view);
  const axes = axesOf(
    shape,
    [...loads.views, ...written].map(({ strides }) => strides),
  );
  const members = written.map((view, at) => memberOf(region, view, stepsAt(axes, loads.views.length + at)));
  const isWhole = covers(members, region.length);
  const { lines, specials } = loads.lines(["i", axes]);
  const stores =
    views.length > 1 ? stored.map((value, at) => `if (m == ${at}) { r0 = v${value}; }`) : stored.map((value, i) => `r${i} = v${value};`);
  return dispatch({
    reads: loads.reads,
    old: isWhole ? undefined : region,
    lines: (old) => [
      ...locate(members, region.length),
      ...bundle.map((_, i) => `let r${i} = ${isWhole ? "0" : old};`),
      "if (m > -1) {",
      ...lines,
      ...stores,
      "}",
      ...bundle.slice(1).map((_, i) => `out${i + 1}(r${i + 1});`),
      "return r0;",
    ],
    specials,
    outputs: bundle.map((target) => target.region),
    length: region.length,
  });
}
