// A recurrence that looks at another sequence before each of its steps: the decoder of Bahdanau et al. 2015.
import { attention, constant, recurrence, SluiceError } from "@sluice/core";
import type { Attention, ExtraSpec, Score, Tensor, Tree, Weight } from "@sluice/core";
import { boolean, oneOf, positive, refused, size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import { callable, isLayer, withAlso } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import type { Beside, Built, LayerDefinition, Stepwise, Symbolic } from "./layer.ts";
import { type AnyCell, lookingCell, type LookingParts, type LookingWeights, type Memory } from "./lookingCell.ts";
import type { Recurred, RecurrentLayer, StateValues } from "./recurrent.ts";
import { masksOf } from "./recurrentMasks.ts";
import { checkStart, namesOf, specsOf, stepwiseOf } from "./recurrentState.ts";
import { recurrentWeights } from "./recurrentWeights.ts";
import type { Spec } from "./spec.ts";
import { declaredIn } from "./weightOptions.ts";

export interface AttentionDecoderConfig {
  /** How a step's state h and a step of the memory are compared: "additive" (Bahdanau et al. 2015; default), "dot", "scaledDot" or "concat". */
  readonly score?: Score;
  /** Width of the additive score's hidden layer. Default the units of the layer inside. */
  readonly scoreUnits?: number;
  /** Scores are bent to within ±softCap. Default not. */
  readonly softCap?: number;
  /** Whether a step reads what attention makes of the state before it (Bahdanau et al. 2015; default), or attention reads the state after it (Luong et al. 2015). */
  readonly attends?: "before" | "after";
  /** Units of the attentional vector, where attention comes after the step. Default the units of the layer inside. */
  readonly attentionalUnits?: number;
  /** A step reads the attentional vector of the one before beside x (Luong et al. 2015, section 3.3), where attention comes after the step. Default false. */
  readonly inputFeeding?: boolean;
  readonly name?: string;
}

export const attentionDecoderTable = {
  score: preset(oneOf("dot", "scaledDot", "additive", "concat"), "additive"),
  scoreUnits: optional(size),
  softCap: optional(positive),
  attends: preset(oneOf("before", "after"), "before"),
  attentionalUnits: optional(size),
  inputFeeding: preset(boolean, false),
  name: optional(layerName),
} satisfies Table<AttentionDecoderConfig>;

export interface AttentionDecoderLayer<K extends string> extends LayerDefinition {
  /** x [batch, steps, features], `memory` [batch, keys, …]; it starts from `initialState`, where that is given. */
  (
    x: Symbolic,
    beside: { readonly memory: Symbolic; readonly initialState?: StateValues<K> },
  ): Recurred<StateValues<K>> & { readonly scores: Symbolic };
}

/**
 * `layer`, each of whose steps reads, beside x, what attention makes of `memory` with the state h of the step before as its query:
 *
 *     contextₜ = Σ softmax(score(hₜ₋₁, memory))·memory        hₜ = step([xₜ contextₜ], hₜ₋₁)
 *
 * and with attends: "after" what attention makes of it with the state of the step itself, whose output is then the attentional vector h̃:
 *
 *     hₜ = step(xₜ, hₜ₋₁), with `inputFeeding` step([xₜ h̃ₜ₋₁], hₜ₋₁)        contextₜ = Σ softmax(score(hₜ, memory))·memory
 *     h̃ₜ = tanh([contextₜ hₜ]·attentional)
 *
 * x [batch, steps, features], memory [batch, keys, size] → as `layer` gives, and `scores` [batch, steps, keys] beside it. Weights are `cell`, those of
 * the layer for what a step reads, with what its options say of them, `attention`, those of the score, and with attends: "after" `attentional`
 * [size + units, attentionalUnits]. h̃ is no state: from `initialState` it starts at zeros. The layer's `activityRegularizer` is of the output that this one
 * gives. Throws INVALID_ARGUMENT for a layer that goes backwards, is stateful, has `carrySteps` or no state h, for options of h̃ where there is none, and,
 * when it is built, without a memory; SHAPE_MISMATCH for products of vectors of different sizes.
 *
 * ```ts
 * const memory = bidirectional(gru({ units: 32, returnSequences: true }))(embed(source));
 * const decoded = attentionDecoder(gru({ units: 64, returnSequences: true }))(embed(target), { memory });
 * ```
 */
export function attentionDecoder<K extends string>(
  layer: RecurrentLayer<K>,
  options: AttentionDecoderConfig = {},
): AttentionDecoderLayer<K> {
  const who = "attentionDecoder";
  const config = given(who, attentionDecoderTable, options);
  if (!isLayer(layer) || !("cell" in layer)) throw refused(who, "the layer inside", layer, "a recurrent layer, such as gru({ units })");
  const set = (["goBackwards", "stateful", "carrySteps"] as const).find((option) => Boolean(layer.config[option]));
  if (set !== undefined) throw refused(who, "the layer inside", `one with ${set}`, "one without goBackwards, stateful and carrySteps");
  const state = namesOf(layer.cell.state({ input: 1, units: layer.config.units } as never)); // for its names alone
  if (config.attends !== "after" && (config.inputFeeding === true || config.attentionalUnits !== undefined)) throw noVector(who);
  if (state["h"] !== true) throw refused(who, "the states of the layer inside", Object.keys(state), "h among others, which asks");
  return callable({
    kind: who,
    config: { ...config, layer: { kind: layer.kind, config: layer.config } },
    reads: ["memory", "initialState"],
    also: { state, scores: true },
    build: (input: Spec, name: string, beside: Beside<Spec> = {}) => built({ layer, config, input, who: name, beside }),
  }) as unknown as AttentionDecoderLayer<K>; // a call gives what `also` says
}

interface Attending {
  readonly layer: RecurrentLayer;
  readonly config: AttentionDecoderConfig;
  readonly input: Spec;
  readonly who: string;
  readonly beside: Beside<Spec>;
}

function built({ layer, config, input, who, beside }: Attending): Built {
  const { score, scoreUnits, softCap, attends, inputFeeding: feeds, attentionalUnits } = filled(attentionDecoderTable, config);
  const { units, returnSequences = false, initialState = "zeros", activityRegularizer } = layer.config;
  const inner = layer.cell as unknown as AnyCell; // of its own names
  const [steps, features] = sequenceOf(who, input),
    [keys, memorySize] = memoryOf(who, beside);
  const after = attends === "after" ? { units: attentionalUnits ?? units, feeds } : undefined;
  const sizes = { input: features + (after === undefined ? memorySize : feeds ? after.units : 0), units };
  const state = specsOf(inner.state(sizes));
  checkStart(who, state, beside["initialState"]);
  const query = (state as Readonly<Record<string, Spec>>)["h"]?.shape[0] ?? units; // there is one, as was seen
  const module: Attention<never> = attention(
    score === "additive" ? { score, units: scoreUnits ?? units } : { score, ...(scoreUnits !== undefined && { units: scoreUnits }) },
  ) as never; // whatever its weights
  const size = after?.units ?? inner.outputSize?.(units) ?? units;
  const parts: LookingParts = { inner, module, softCap, memorySize, keys, after };
  const attentional: Weight | undefined = after && {
    axes: { features: memorySize + query, units: after.units },
    init: "glorotUniform",
  };
  return {
    output: returnSequences
      ? { shape: [steps, size], axes: ["steps", "units"], dtype: "float" }
      : { shape: [size], axes: ["units"], dtype: "float" },
    also: { state, scores: { shape: [steps, keys], axes: ["queries", "keys"], dtype: "float" } },
    weights: {
      cell: declaredIn(recurrence(inner, { initialState }).weights(sizes) as Tree<Weight>, recurrentWeights, layer.config), // a record of weights
      attention: module.weights({ query, key: memorySize }) as Tree<Weight>, // likewise
      ...(attentional && { attentional }),
    },
    activityRegularizer,
    drawn: masksOf((inner.extras?.(sizes) ?? {}) as Tree<ExtraSpec>, steps, layer.config), // a record of them
    ...running({ parts, state, size, returnSequences }),
  };
}

interface Running {
  readonly parts: LookingParts;
  readonly state: Tree<Spec>;
  /** Of the output, in front of the scores. */
  readonly size: number;
  readonly returnSequences: boolean;
}

function running({ parts, state, size, returnSequences }: Running): Pick<Built, "stepwise" | "apply"> {
  const { inner, after } = parts,
    plain = stepwiseOf(inner, state);
  const fed: Spec | undefined = after?.feeds === true ? { shape: [after.units], axes: ["attentional"], dtype: "float" } : undefined;
  const apart = (given: Tensor): { readonly output: Tensor; readonly scores: Tensor } => ({
    output: given.slice(-1, 0, size),
    scores: given.slice(-1, size),
  });
  const start: NonNullable<Stepwise["start"]> = (weights, batch, given, dtype) => ({
    ...(plain.start?.((weights as unknown as LookingWeights).cell as Tree<Tensor>, batch, given, dtype) as Named), // a record of states
    ...(fed && { attentional: constant(0, [batch, ...fed.shape], dtype) }),
  });
  const told = (all: unknown): Tree<Tensor> => {
    const { attentional: _, ...own } = all as Named; // a record of states
    return own;
  };
  return {
    stepwise: () => ({
      state: { ...(state as Readonly<Record<string, Spec>>), ...(fed && { attentional: fed }) }, // a record of states
      start,
      step(weights, x, context) {
        const own = weights as unknown as LookingWeights; // as `built` declares them
        const looking = lookingCell(parts, own, lookingAt(context));
        const { output: both, state: next } = stepwiseOf(looking, state).step(own.cell as Tree<Tensor>, x, context);
        const { output, scores } = apart(both as Tensor); // of one cell
        return { output, also: { state: told(next), scores }, state: next };
      },
    }),
    apply(weights, x, context) {
      const { initial: _, ...cell } = (weights as unknown as LookingWeights).cell, // as `built` declares them; where a start is learnt, `start` reads it
        [batch = 0] = x.shape;
      const ran = recurrence(lookingCell(parts, weights as unknown as LookingWeights, lookingAt(context))).run(cell as never, x, {
        extras: context.drawn as never,
        mask: context.mask,
        state: start(weights, batch, context.beside ?? {}, x.dtype === "f64" ? "f64" : "f32") as never,
      }); // prettier-ignore -- of what was just declared
      const { output, scores } = apart(ran.outputs);
      return withAlso(returnSequences ? output : apart(ran.last).output, { state: told(ran.state), scores });
    },
  };
}

type Named = Readonly<Record<string, Tensor>>;

function lookingAt({
  beside = {},
  besideMasks = {},
}: {
  readonly beside?: Beside<Tensor>;
  readonly besideMasks?: Beside<Tensor | undefined>;
}): Memory {
  const mask = besideMasks["memory"] as Tensor | undefined; // a single one, by the type of the call
  return { memory: beside["memory"] as Tensor, mask: mask?.expand(1) }; // likewise
}

function memoryOf(who: string, beside: Beside<Spec>): readonly [keys: number, size: number] {
  const memory = beside["memory"] as Spec | undefined; // a single one, by the type of the call
  if (memory !== undefined) return sequenceOf(`${who} memory`, memory);
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: "has no memory to look at",
    fix: "Call it as attentionDecoder(layer)(x, { memory })",
  });
}

function noVector(who: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: "inputFeeding and attentionalUnits are of the attentional vector, which there is where attention comes after the step",
    fix: 'Set attends: "after", or leave them out',
  });
}
