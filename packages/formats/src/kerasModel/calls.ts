// One use of a layer of Keras as a call of the layer here: what it reads beside its input, which of its outputs come, and what becomes of masks.
import type { Symbolic } from "@sluice/nn";
import { lookup } from "./json.ts";
import type { MappedLayer, Recurrence } from "./layerIn.ts";
import { type CallKind, maskRuleOf } from "./rules.ts";
import { type Given, masksIn, notEqual, unmasked, type Value, valuesIn } from "./values.ts";

export interface Calling {
  readonly mapped: MappedLayer;
  readonly args: readonly Given[];
  /** Without those that are null. */
  readonly kwargs: ReadonlyMap<string, Given>;
  problem(what: string, fix: string): void;
  /** The value without its mask. */
  endMask(value: Value): Value;
}

/** What Keras's call gives, in its order; undefined where there is a problem, which `problem` was told. */
export function callIn(calling: Calling): readonly Value[] | undefined {
  const { mapped, kwargs, problem } = calling,
    allowed = ["training", "inputs", ...(argumentsOf[mapped.rule.call] ?? [])];
  const unknown = [...kwargs.keys()].filter((name) => !allowed.includes(name) && !isOwnMask(name, calling));
  for (const name of unknown) problem(`is called with ${name}`, lookup(refusals, name) ?? "call it without");
  if (isTrue(kwargs.get("training"))) problem("is called with training=True", "call it without, so that it draws nothing in inference");
  if (unknown.length > 0 || isTrue(kwargs.get("training"))) return undefined;
  const inputs = kwargs.get("inputs"),
    args = inputs === undefined ? calling.args : [inputs, ...calling.args];
  return kinds[mapped.rule.call]({ ...calling, args });
}

const argumentsOf: Readonly<Partial<Record<CallKind, readonly string[]>>> = {
  recurrent: ["initial_state"],
  attention: ["use_causal_mask", "return_attention_scores"],
  multiHead: ["query", "value", "key", "use_causal_mask", "return_attention_scores"],
  reversible: ["reverse"],
};

/** Keras writes down the mask that its input has anyway. */
function isOwnMask(name: string, { args, kwargs }: Calling): boolean {
  const places: Readonly<Record<string, number>> = { query_mask: 0, value_mask: 1, key_mask: 2 },
    place = Object.hasOwn(places, name) ? places[name] : undefined;
  if (name !== "mask" && place === undefined) return false;
  const own = args.flatMap(valuesIn).map(({ mask }) => mask),
    given = masksIn(kwargs.get(name));
  if (place !== undefined) return given.length === 1 && given[0] === own[place];
  return given.length > 0 && given.every((mask, i) => mask === own[i]);
}

const refusals: Readonly<Record<string, string>> = {
  mask: "let an Embedding with mask_zero or a Masking layer make the mask",
  attention_mask: "use use_causal_mask, or let an Embedding with mask_zero make the mask",
};

const kinds: Readonly<Record<CallKind, (calling: Calling) => readonly Value[] | undefined>> = {
  single: singleCall,
  reversible: singleCall,
  list: listCall,
  recurrent: recurrentCall,
  attention: attentionCall,
  multiHead: multiHeadCall,
};

/** Layers are functions of values, and what stands beside is named. */
type Callable = (x: Symbolic | readonly Symbolic[], beside?: Readonly<Record<string, unknown>>) => Symbolic;

function called({ layer }: MappedLayer, x: Symbolic | readonly Symbolic[], beside?: Readonly<Record<string, unknown>>): Symbolic {
  return (layer as unknown as Callable)(x, beside); // every layer here is callable; it checks what it is given
}

function isTrue(given: Given | undefined): boolean {
  return given !== undefined && "plain" in given && given.plain === true;
}

/** The one value that it reads. */
function oneOf({ args, problem }: Calling): Value | undefined {
  const [first, ...more] = args;
  const flat = first !== undefined && "list" in first && first.list.length === 1 ? first.list[0] : first;
  if (flat !== undefined && "value" in flat && more.length === 0) return flat.value;
  problem(`is called on ${args.flatMap(valuesIn).length} values`, "call it on one tensor");
  return undefined;
}

/** As Keras looks at it: without its mask, where the layer looks at all steps alike. */
function looked(value: Value, { mapped, endMask, problem }: Calling): Value | undefined {
  const masks = mapped.rule.call === "single" ? maskRuleOf(mapped.rule, mapped.layer.config) : mapped.rule.masks;
  if (value.mask !== undefined && masks === "mixes") {
    problem("reads steps that do not count as others", "put it where there is no mask");
    return undefined;
  }
  if (value.mask === undefined || masks !== "stops") return value;
  if (value.isSame) return endMask(value);
  problem(
    "drops the mask of the steps, and Keras has numbers at those that do not count which there are not here",
    "set zero_output_for_mask=True on the recurrent layer before it, or leave the mask out",
  );
  return undefined;
}

function singleCall(calling: Calling): readonly Value[] | undefined {
  const given = oneOf(calling),
    x = given && looked(given, calling);
  if (x === undefined) return undefined;
  const symbol = called(calling.mapped, x.symbol),
    { kind, config } = calling.mapped.layer,
    { masks } = calling.mapped.rule;
  const makesMask = kind === "masking" || (kind === "embedding" && "maskIndex" in config);
  const key = x.key ?? "";
  if (makesMask)
    return [
      {
        symbol,
        mask:
          kind === "masking"
            ? `any(${notEqual(key, String((config as { readonly maskValue?: number }).maskValue ?? 0))})`
            : notEqual(key, "0"),
        isSame: true,
      },
    ]; // prettier-ignore -- its own option
  if (masks === "stops" || masks === "heeds" || kind === "embedding") return [unmasked(symbol)];
  return [{ symbol, mask: x.mask, isSame: x.isSame && masks === "keeps" }];
}

function listCall(calling: Calling): readonly Value[] | undefined {
  const { mapped, args, problem, endMask } = calling,
    given = args.flatMap(valuesIn);
  const read = given.map((value) => looked(value, calling)).filter((value) => value !== undefined);
  if (read.length < given.length) return undefined;
  const masks = new Set(read.map(({ mask }) => mask)),
    isAlongSteps = mapped.layer.kind === "concatenate" && (mapped.layer.config as { readonly axis?: number }).axis === 1; // its own option
  const isSame = read.every((value) => value.isSame);
  if (masks.size === 1)
    return [
      {
        symbol: called(
          mapped,
          read.map(({ symbol }) => symbol),
        ),
        mask: read[0]?.mask,
        isSame: isSame && mapped.rule.masks === "keeps",
      },
    ];
  if (isAlongSteps)
    return [
      {
        symbol: called(
          mapped,
          read.map(({ symbol }) => symbol),
        ),
        mask: `steps(${read.map(({ mask = "all" }) => mask).join(", ")})`,
        isSame,
      },
    ];
  if (!masks.has(undefined) || !isSame || mapped.layer.kind === "multiply") {
    problem("reads values whose steps do not count alike", "let one mask stand for all of them");
    return undefined;
  }
  // A product takes what does not count as 1.
  const bare = read.map((value) => (value.mask === undefined ? value : endMask(value))); // where one has no mask Keras drops those of the others
  return [
    unmasked(
      called(
        mapped,
        bare.map(({ symbol }) => symbol),
      ),
    ),
  ];
}

function recurrentCall(calling: Calling): readonly Value[] | undefined {
  const { mapped, kwargs, problem } = calling,
    recurrence = mapped.recurrence as Recurrence, // of this kind of layer
    [first, ...rest] = calling.args;
  const all = first !== undefined && "list" in first ? first.list : [first ?? { plain: null }, ...rest];
  const [x, ...more] = all.flatMap(valuesIn),
    initial = [...valuesIn(kwargs.get("initial_state")), ...more];
  if (x === undefined) {
    problem("is called on nothing", "call it on a tensor");
    return undefined;
  }
  const wanted = recurrence.states.length * (recurrence.isBidirectional ? 2 : 1);
  if (initial.length !== 0 && initial.length !== wanted) {
    problem(`starts from ${initial.length} states, it has ${wanted}`, "give it the states of a layer of its kind");
    return undefined;
  }
  if (x.mask !== undefined && recurrence.goesBackwards && recurrence.returnsSequences) {
    problem("reads masked steps backwards and returns all of them, padding first", "use Bidirectional, or return_sequences=False");
    return undefined;
  }
  const output = called(mapped, x.symbol, initial.length === 0 ? undefined : { initialState: statesFrom(initial, recurrence) }) as Outputs;
  const first_ = recurrence.givesBoth ? [output.forward, output.backward] : [output];
  const values = first_.map((symbol): Value => ({
    symbol,
    mask: recurrence.returnsSequences ? x.mask : undefined,
    isSame: x.mask === undefined || recurrence.zeroesOutputs,
  }));
  return [...values, ...statesOf(output.state, recurrence).map(unmasked)];
}

/** What calls of recurrent layers give. */
type States = Readonly<Record<string, Symbolic>>;
interface Outputs extends Symbolic {
  readonly state: States | { readonly forward: States; readonly backward: States };
  readonly forward: Symbolic;
  readonly backward: Symbolic;
}

function statesFrom(initial: readonly Value[], { states, isBidirectional }: Recurrence): Readonly<Record<string, unknown>> {
  const named = (from: number): Readonly<Record<string, Symbolic | undefined>> =>
    Object.fromEntries(states.map((name, i) => [name, initial[from + i]?.symbol]));
  return isBidirectional ? { forward: named(0), backward: named(states.length) } : named(0);
}

function statesOf(state: Outputs["state"], { states, isBidirectional }: Recurrence): readonly Symbolic[] {
  const each = (of: States): readonly Symbolic[] => states.flatMap((name) => of[name] ?? []);
  if (!isBidirectional) return each(state as States); // of one direction
  const { forward, backward } = state as { readonly forward: States; readonly backward: States }; // of both
  return [...each(forward), ...each(backward)];
}

/** [query, value] or [query, value, key] */
function attentionCall(calling: Calling): readonly Value[] | undefined {
  const [query, value, key] = calling.args.flatMap(valuesIn);
  return attend(calling, query, value, key);
}

function multiHeadCall(calling: Calling): readonly Value[] | undefined {
  const given = (name: string, at: number): Value | undefined => valuesIn(calling.kwargs.get(name) ?? calling.args[at])[0];
  const query = given("query", 0);
  return attend(calling, query, given("value", calling.kwargs.has("query") ? 0 : 1), given("key", calling.kwargs.has("query") ? 1 : 2));
}

function attend(
  { mapped, problem }: Calling,
  query: Value | undefined,
  value: Value | undefined,
  key: Value | undefined,
): readonly Value[] | undefined {
  if (query === undefined || value === undefined) {
    problem("is called without a query or a value", "call it on both");
    return undefined;
  }
  if (key !== undefined && key.mask !== value.mask) {
    problem("reads keys and values whose steps do not count alike", "let one mask stand for both");
    return undefined;
  }
  const isSelf = value.symbol === query.symbol && (key === undefined || key.symbol === query.symbol);
  const beside = key === undefined || key.symbol === value.symbol ? { value: value.symbol } : { value: value.symbol, key: key.symbol };
  const output = called(mapped, query.symbol, isSelf ? undefined : beside) as Symbolic & { readonly scores: Symbolic }; // as attention gives
  return [{ symbol: output, mask: query.mask, isSame: query.mask === undefined }, unmasked(output.scores)];
}
