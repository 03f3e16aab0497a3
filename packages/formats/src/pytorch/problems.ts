// Where a model and a state dict do not fit together: everything at once, before anything is read.
import { SluiceError, type Shape } from "@sluice/core";
import { meant } from "@sluice/core/arguments";
import { at, type Place, type Placed } from "./places.ts";
import { prefixOf, type Named } from "./part.ts";
import type { Slot } from "./slots.ts";
import type { State } from "./stateDict.ts";

export interface Problems {
  /** What cannot be, and why. */
  readonly unsupported: readonly string[];
  /** Names in `layers` that are no layer, layers whose module is not there. */
  readonly unplaced: readonly string[];
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
  readonly misfits: readonly string[];
}

const titles: Readonly<Record<keyof Problems, string>> = {
  unsupported: "what PyTorch does not have",
  unplaced: "layers without a module",
  missing: "tensors that are missing",
  surplus: "tensors that no layer takes",
  misfits: "tensors of another shape or type",
};

/** Throws UNSUPPORTED, INVALID_ARGUMENT or SHAPE_MISMATCH, the first that holds, with all problems in the message and in `facts`; nothing where there are none. */
export function refuse(who: string, problems: Problems, fix: string): void {
  const found = (Object.keys(titles) as (keyof Problems)[]).filter((key) => problems[key].length > 0); // of a constant record
  const [first] = found;
  if (first === undefined) return;
  const code = first === "unsupported" ? "UNSUPPORTED" : first === "misfits" ? "SHAPE_MISMATCH" : "INVALID_ARGUMENT";
  const what = found.map((key) => `\n  ${titles[key]}: ${problems[key].join("; ")}`).join("");
  throw new SluiceError({ code, who, what: `the model and the state dict do not fit together:${what}`, fix, facts: { ...problems } });
}

/** Names in `layers` that stand for nothing, as lines for `unplaced`. */
export function unknownLayers(places: Named<Place>, slots: readonly Slot[]): readonly string[] {
  const paths = slots.map(({ path }) => path);
  return Object.keys(places)
    .filter((given) => !paths.some((path) => path === given || path.startsWith(`${given}.`)))
    .map((given) => `there is no layer with weights "${given}" (${meant(given, paths)})`);
}

/** Tensors that two layers take. */
export function takenTwice(placed: readonly Placed[]): readonly string[] {
  const owners = new Map<string, string>(),
    twice: string[] = [];
  for (const { slot, parts } of placed)
    for (const name of parts.flatMap(({ tensors }) => Object.keys(tensors))) {
      const owner = owners.get(name);
      if (owner !== undefined) twice.push(`${name} is of both ${owner} and ${slot.path}`);
      owners.set(name, slot.path);
    }
  return twice;
}

/** Layers for which the whole state dict is searched for what would fit: more, and the mapping is to be written anew anyway. */
const mostSuggested = 20;

/** What is wrong with a state dict for these layers; names that `isIgnored` are no surplus. */
export function compared(placed: readonly Placed[], state: State, isIgnored: (name: string) => boolean): Omit<Problems, "unsupported"> {
  const unplaced: string[] = [],
    missing: string[] = [],
    misfits: string[] = [],
    taken = new Set<string>();
  for (const { slot, module, called, parts } of placed) {
    const tensors = parts.flatMap((part) =>
      Object.entries(part.tensors).map(([name, shape]) => ({ name, shape, isOptional: part.isOptional === true })),
    );
    const lacking = tensors.filter(({ name, isOptional }) => !isOptional && !state.has(name)).map(({ name }) => name);
    for (const { name } of tensors) taken.add(name);
    if (lacking.length > 0 && lacking.length === tensors.filter(({ isOptional }) => !isOptional).length && module !== undefined)
      unplaced.push(`${slot.path} (${called}, of no "${module}"${unplaced.length < mostSuggested ? suggested(slot, state, placed) : ""})`);
    else missing.push(...lacking);
    misfits.push(...tensors.flatMap(({ name, shape, isOptional }) => misfit(state, name, shape, isOptional)));
  }
  const surplus = state.names.filter((name) => !taken.has(name) && !isIgnored(name));
  return { unplaced, missing, surplus, misfits };
}

function misfit(state: State, name: string, wanted: Shape, isOptional: boolean): readonly string[] {
  const found = state.shapeOf(name);
  if (found === undefined || isOptional) return []; // what may be missing has no counterpart to fit
  if (found.join() !== wanted.join()) return [`${name} is [${found.join(", ")}], not [${wanted.join(", ")}]`];
  const why = state.unfit(name);
  return why === undefined ? [] : [`${name} ${why}`];
}

/** The modules of the state dict that would fit, as far as nobody has them: to be named, never taken. */
function suggested(slot: Slot, state: State, placed: readonly Placed[]): string {
  const others = new Set(
    placed.filter((each) => each.slot !== slot).flatMap(({ parts }) => parts.flatMap(({ tensors }) => Object.keys(tensors))),
  );
  const fits = modulesIn(state.names).flatMap((module) =>
    layersOf(module, state).flatMap((layer) => {
      const { parts, reasons } = at(slot, module, { layer, isCell: layer === 0 && state.has(`${prefixOf(module)}weight_ih`) });
      const tensors = parts.filter(({ isOptional }) => isOptional !== true).flatMap((part) => Object.entries(part.tensors));
      const doFit =
        tensors.length > 0 &&
        reasons.length === 0 &&
        tensors.every(([name, shape]) => !others.has(name) && state.shapeOf(name)?.join() === shape.join());
      return doFit ? [layer === 0 ? JSON.stringify(module) : `{ module: ${JSON.stringify(module)}, layer: ${layer} }`] : [];
    }),
  );
  const some = fits.slice(0, 5);
  return some.length === 0 ? "" : `: ${some.join(", ")}${fits.length > some.length ? ", …" : ""} would fit`;
}

/** Each name that a tensor's begins with. */
function modulesIn(names: readonly string[]): readonly string[] {
  const modules = new Set<string>();
  for (const name of names.slice(0, 2000)) {
    const parts = name.split(".");
    for (let n = 0; n < Math.min(parts.length, 12); n++) modules.add(parts.slice(0, n).join("."));
  }
  return [...modules];
}

/** Numbers of a recurrent module's layers; 0 of any other. */
function layersOf(module: string, state: State): readonly number[] {
  const layers = [0];
  while (layers.length < 16 && state.has(`${prefixOf(module)}weight_ih_l${layers.length}`)) layers.push(layers.length);
  return layers;
}
