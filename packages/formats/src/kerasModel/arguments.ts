// What a use of a layer of Keras reads: its tensors by name, and what of it says nothing.
import { field, isList } from "./json.ts";
import { nameHere } from "./names.ts";
import type { Argument, LayerConfig, Reference } from "./topology.ts";
import { type Given, type Value, valuesIn } from "./values.ts";

export function keyOf({ layer, use, output }: Reference): string {
  return `${layer}/${use}/${output}`;
}

/** "layer/use" of "layer/use/output". */
export function useIn(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}

export function referencesIn(argument: Argument): readonly Reference[] {
  if ("tensor" in argument) return [argument.tensor];
  if ("list" in argument) return argument.list.flatMap(referencesIn);
  return "record" in argument ? [...argument.record.values()].flatMap(referencesIn) : [];
}

export function isPlain(argument: Argument | undefined, value: unknown): boolean {
  return argument !== undefined && "plain" in argument && argument.plain === value;
}

export function isPlainGiven(given: Given | undefined, value: unknown): boolean {
  return given !== undefined && "plain" in given && given.plain === value;
}

/** null, false, and lists of nothing else: as if it were not there. */
export function isNothing(given: Given): boolean {
  if ("plain" in given) return given.plain === null || given.plain === false;
  if ("record" in given) return given.record.size > 0 && [...given.record.values()].every(isNothing);
  return "list" in given && given.list.every(isNothing);
}

/** The tensors of a call, each with its place or name. */
export function flatten(args: readonly Argument[]): readonly (readonly [Reference, number | string])[] {
  const [first, ...more] = args;
  const top = first !== undefined && "list" in first && more.length === 0 ? first.list : args;
  return top.flatMap((argument, i): (readonly [Reference, number | string])[] => {
    if ("tensor" in argument) return [[argument.tensor, i]];
    if ("record" in argument)
      return [...argument.record].flatMap(([name, one]) => ("tensor" in one ? [[one.tensor, nameHere(name)] as const] : []));
    return [];
  });
}

/** What a model is called on, in the order of its inputs: a dictionary by their names. */
export function valuesFor(names: readonly string[] | null, args: readonly Given[]): readonly Value[] {
  const [first] = args;
  if (names === null || first === undefined || !("record" in first)) return args.flatMap(valuesIn);
  const named = new Map([...first.record].map(([name, one]) => [nameHere(name), one]));
  return names.flatMap((name) => valuesIn(named.get(name)));
}

/** Without the batch. */
export function shapeOf({ config }: LayerConfig): readonly (number | null)[] | undefined {
  const shape = field(config, "batch_shape") ?? field(config, "batch_input_shape");
  if (
    !isList(shape) ||
    shape.length === 0 ||
    !shape.slice(1).every((size) => size === null || (Number.isInteger(size) && Number(size) > 0))
  )
    return undefined;
  return shape.slice(1) as (number | null)[]; // as was just seen
}
