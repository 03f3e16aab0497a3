// What a run is given beside x, checked and sorted: a row for each step, or the same for all of them.
import { checkOneOf } from "../arguments/checks.ts";
import { meant } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { transpose } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { ExtraSpec, Extras, Given } from "./cell.ts";

export interface SortedExtras {
  /** Each [steps, batch, …]. */
  readonly perStep: Readonly<Record<string, Tensor>>;
  /** Each [batch, …]. */
  readonly perSequence: Readonly<Record<string, Tensor>>;
}

export interface Setting {
  /** The run, for errors. */
  readonly who: string;
  readonly steps: number;
  readonly batch: number;
  readonly timeMajor: boolean;
}

/** Throws INVALID_ARGUMENT for a name that the cell does not take, SHAPE_MISMATCH for another batch, number of steps or rank. */
export function sortExtras(specs: Extras, given: Given<Extras>, setting: Setting): SortedExtras {
  const perStep: Record<string, Tensor> = {},
    perSequence: Record<string, Tensor> = {};
  for (const [name, extra] of Object.entries(given)) {
    if (extra === undefined) continue;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw unknown(setting.who, name, Object.keys(specs));
    checkTensor(setting.who, extra, name);
    checkOneOf(setting.who, `per of extra ${name}`, spec.per, ["step", "sequence"]);
    checkShape(name, extra, spec, setting);
    if (spec.per === "sequence") perSequence[name] = extra;
    else perStep[name] = setting.timeMajor ? extra : transpose(extra, [1, 0, ...Object.keys(spec.axes).map((_, axis) => axis + 2)]);
  }
  return { perStep, perSequence };
}

function checkShape(name: string, extra: Tensor, { axes, per }: ExtraSpec, { who, steps, batch, timeMajor }: Setting): void {
  const lead = per === "sequence" ? [batch] : timeMajor ? [steps, batch] : [batch, steps],
    names = per === "sequence" ? ["batch"] : timeMajor ? ["steps", "batch"] : ["batch", "steps"];
  const own = Object.keys(axes);
  if (extra.rank === lead.length + own.length && lead.every((n, axis) => extra.shape[axis] === n)) return;
  const wanted = [...lead.map((n, axis) => `${names[axis]} ${n}`), ...own].join(", ");
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `${name} must be [${wanted}], got ${describe(extra, name)}`,
    facts: { extra: name, shape: extra.shape },
  });
}

function unknown(who: string, name: string, known: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the cell takes no "${name}" beside x`,
    fix: known.length === 0 ? "It takes nothing: wrap it in zoneout or variationalDropout, or give it extras" : meant(name, known),
    facts: { extra: name },
  });
}
