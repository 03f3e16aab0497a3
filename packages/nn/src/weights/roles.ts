// What becomes of a weight while a model trains.
import { SluiceError } from "@sluice/core";
import { boolean, fraction, nonNegative, refused, type Rule } from "@sluice/core/arguments";
import { given, optional, preset, required, type Table } from "../options/table.ts";
import { anyConstraint, type Constraint } from "./constraint.ts";

/**
 * Weights by name, and what is different about them. Of several groups that name a weight the first holds, alone; what it leaves out is as the layer
 * declares it.
 */
export interface WeightGroup {
  /** Names as errors say them, "encoder.wx"; a name also stands for all below it, "encoder"; a pattern for all it matches; or some of either. */
  readonly weights: WeightNames | readonly WeightNames[];
  /** Default true. Weights that do not train have no gradient and cost nothing; the optimizer keeps no arrays for them. Moving statistics stand still. */
  readonly trainable?: boolean;
  /** Whether the optimizer's `weightDecay` holds for them. Default true. */
  readonly weightDecay?: boolean;
  /** l1 · Σ|w| is added to the loss; at least 0, default what the layer says, otherwise 0. */
  readonly l1?: number;
  /** l2 · Σw² is added to the loss; at least 0, likewise. */
  readonly l2?: number;
  /** The deviation of normal noise that is added to them in training, anew for each batch; at least 0, default 0. Graves (2013) has 0.075. */
  readonly weightNoise?: number;
  /** Probability that an element is 0 for a batch in training, the others divided by 1 − it; in [0, 1), default 0. Merity et al. (2017) drop half of recurrent kernels. */
  readonly weightDrop?: number;
  /** What each of them is kept to after an update. Default what the layer says, otherwise nothing. */
  readonly constraint?: Constraint;
}

export type WeightNames = string | RegExp;

export interface Role extends Required<Omit<WeightGroup, "weights" | "constraint">> {
  readonly constraint: Constraint | undefined;
  /** Whether the layer itself sets it, batch by batch. */
  readonly moves: boolean;
}

export const plainRole: Role = {
  trainable: true,
  weightDecay: true,
  l1: 0,
  l2: 0,
  weightNoise: 0,
  weightDrop: 0,
  constraint: undefined,
  moves: false,
};

const isNames = (value: unknown): value is WeightNames => typeof value === "string" || value instanceof RegExp;
const names: Rule<WeightGroup["weights"]> = {
  expected: "a name, a pattern, or a list of them",
  accepts: (value): value is WeightGroup["weights"] => isNames(value) || (Array.isArray(value) && value.length > 0 && value.every(isNames)),
};

export const groupTable = {
  weights: required(names),
  trainable: preset(boolean, true),
  weightDecay: preset(boolean, true),
  l1: optional(nonNegative), // left out it is what the layer says, as l2 and constraint are
  l2: optional(nonNegative),
  weightNoise: preset(nonNegative, 0),
  weightDrop: preset(fraction, 0),
  constraint: optional(anyConstraint),
} satisfies Table<WeightGroup>;

/** Copies. Throws INVALID_ARGUMENT for options that there are not or that make no sense. */
export function checkedGroups(who: string, groups: readonly WeightGroup[]): WeightGroup[] {
  return groups.map((one, i) => {
    const group = given(`${who} groups[${i}]`, groupTable, one);
    const { trainable = true, l1 = 0, l2 = 0, weightNoise = 0, weightDrop = 0 } = group;
    if (!trainable && l1 + l2 + weightNoise + weightDrop > 0) throw priceless(`${who} groups[${i}]`);
    return group;
  });
}

/**
 * The role of each of these weights, `own` where no group names it; of several groups that name one the first holds. Throws INVALID_ARGUMENT for a
 * name or pattern that no weight has, and for weights that do not train and are to cost something.
 */
export function rolesOf(who: string, own: Readonly<Record<string, Role>>, groups: readonly WeightGroup[]): Readonly<Record<string, Role>> {
  const holders = new Map<string, WeightGroup>();
  const names = Object.keys(own);
  checkedGroups(who, groups).forEach((group, i) => {
    const at = `${who} groups[${i}]`;
    for (const wanted of [group.weights].flat()) {
      const found = names.filter((name) => matches(name, wanted));
      if (found.length === 0) throw refused(at, "weights", wanted, "the name of a weight, or of what has some", names);
      const left = found.filter((name) => !holders.has(name) || holders.get(name) === group);
      if (left.length === 0) throw shadowed(at, wanted, found);
      for (const name of left) holders.set(name, group);
    }
  });
  return Object.fromEntries(Object.entries(own).map(([name, role]) => [name, joined(role, holders.get(name))]));
}

/** What a group says of a weight; what only the layer sets no gradient reaches, whatever is said. */
function joined(role: Role, group: WeightGroup | undefined): Role {
  if (group === undefined) return role;
  const { weights: _, ...own } = group;
  const { trainable = true } = own;
  if (!trainable) return { ...plainRole, trainable, moves: false };
  return { ...role, ...own, trainable: role.trainable };
}

function matches(name: string, wanted: WeightNames): boolean {
  if (typeof wanted === "string") return name === wanted || name.startsWith(`${wanted}.`);
  return new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, "")).test(name); // whose last index the caller may use
}

function shadowed(who: string, wanted: WeightNames, names: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${String(wanted)} names ${names.join(", ")} alone, of which groups before it hold already`,
    fix: "Put it before them, or say all that differs in one group",
  });
}

function priceless(who: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: "weights that do not train have no use for l1, l2, weightNoise and weightDrop, which only change what trains",
    fix: "Leave one of them out",
  });
}
