// A recurrence that looks at another sequence before each of its steps: the decoder of Bahdanau et al. 2015.
import { attention, cell as cellOf, concat, recurrence, SluiceError } from "@sluice/core";
import type { Attention, Cell, ExtraSpec, Score, Tensor, Tensors, Tree, Weight, WeightTensors } from "@sluice/core";
import { oneOf, positive, refused, size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import { callable, isLayer, withAlso } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import type { Beside, Built, LayerDefinition, Symbolic } from "./layer.ts";
import type { Recurred, RecurrentLayer, StateValues } from "./recurrent.ts";
import { masksOf } from "./recurrentMasks.ts";
import { checkStart, namesOf, specsOf, stepwiseOf } from "./recurrentState.ts";
import type { Spec } from "./spec.ts";

export interface AttentionDecoderConfig {
  /** How a step's state h and a step of the memory are compared: "additive" (Bahdanau et al. 2015; default), "dot", "scaledDot" or "concat". */
  readonly score?: Score;
  /** Width of the additive score's hidden layer. Default the units of the layer inside. */
  readonly scoreUnits?: number;
  /** Scores are bent to within ±softCap. Default not. */
  readonly softCap?: number;
  readonly name?: string;
}

export const attentionDecoderTable = {
  score: preset(oneOf("dot", "scaledDot", "additive", "concat"), "additive"),
  scoreUnits: optional(size),
  softCap: optional(positive),
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
 * x [batch, steps, features], memory [batch, keys, size] → as `layer` gives, and `scores` [batch, steps, keys] beside it. Weights are `cell`, those of
 * the layer for features + size, and `attention`, those of the score. Throws INVALID_ARGUMENT for a layer that goes backwards, is stateful or has no
 * state h, and, when it is built, without a memory; SHAPE_MISMATCH for products of vectors of different sizes.
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
  const { goBackwards = false, stateful = false } = layer.config;
  if (goBackwards || stateful)
    throw refused(who, "the layer inside", goBackwards ? "one that goes backwards" : "a stateful one", "one that is neither");
  const state = namesOf(layer.cell.state({ input: 1, units: layer.config.units } as never)); // for its names alone
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

/** Of whatever names. */
type Own = Readonly<Record<string, Weight>>;
type AnyCell = Cell<Own, Readonly<Record<string, { readonly axes: Readonly<Record<string, number>> }>>>;
type Weights = { readonly cell: Tensors<Own>; readonly attention: WeightTensors<never> };

function built({ layer, config, input, who, beside }: Attending): Built {
  const { score, scoreUnits, softCap } = filled(attentionDecoderTable, config);
  const { units, returnSequences = false, initialState = "zeros" } = layer.config;
  const inner = layer.cell as unknown as AnyCell; // of its own names
  const [steps, features] = sequenceOf(who, input),
    [keys, memorySize] = memoryOf(who, beside);
  const sizes = { input: features + memorySize, units };
  const state = specsOf(inner.state(sizes));
  checkStart(who, state, beside["initialState"]);
  const query = (state as Readonly<Record<string, Spec>>)["h"]?.shape[0] ?? units; // there is one, as was seen
  const module: Attention<never> = attention(
    score === "additive" ? { score, units: scoreUnits ?? units } : { score, ...(scoreUnits !== undefined && { units: scoreUnits }) },
  ) as never; // whatever its weights
  const size = inner.outputSize?.(units) ?? units;
  const looking = (weights: Weights, context: Looking): AnyCell =>
    lookingCell({ inner, module, softCap, memorySize, keys }, weights, context);
  const ways = recurrence(inner, { initialState });
  const apart = (given: Tensor): { readonly output: Tensor; readonly scores: Tensor } => ({
    output: given.slice(-1, 0, size),
    scores: given.slice(-1, size),
  });
  return {
    output: returnSequences
      ? { shape: [steps, size], axes: ["steps", "units"], dtype: "float" }
      : { shape: [size], axes: ["units"], dtype: "float" },
    also: { state, scores: { shape: [steps, keys], axes: ["queries", "keys"], dtype: "float" } },
    weights: { cell: ways.weights(sizes) as Tree<Weight>, attention: module.weights({ query, key: memorySize }) as Tree<Weight> }, // records of weights
    drawn: masksOf((inner.extras?.(sizes) ?? {}) as Tree<ExtraSpec>, steps, layer.config), // a record of them
    stepwise: () => {
      const plain = stepwiseOf(inner, state);
      return {
        state,
        start: (weights, batch, given, dtype) =>
          plain.start?.((weights as unknown as Weights).cell as Tree<Tensor>, batch, given, dtype) ?? {}, // it has one
        step(weights, x, context) {
          const own = weights as unknown as Weights; // as declared above
          const { output: both, ...rest } = stepwiseOf(looking(own, lookingAt(context)), state).step(own.cell as Tree<Tensor>, x, context);
          const { output, scores } = apart(both as Tensor); // of one cell
          return { ...rest, output, also: { ...rest.also, scores } };
        },
      };
    },
    apply(weights, x, context) {
      const own = weights as unknown as Weights; // as declared above
      const start = context.beside?.["initialState"] as never; // as its specs are
      const ran = recurrence(looking(own, lookingAt(context)), { initialState }).run(own.cell as never, x, {
        extras: context.drawn as never,
        mask: context.mask,
        state: start,
      }); // prettier-ignore -- of what was just declared
      const { output, scores } = apart(ran.outputs);
      return withAlso(returnSequences ? output : apart(ran.last).output, { state: ran.state as Tree<Tensor>, scores });
    },
  };
}

interface Looking {
  readonly memory: Tensor;
  /** [batch, 1, keys] */
  readonly mask: Tensor | undefined;
}

function lookingAt({
  beside = {},
  besideMasks = {},
}: {
  readonly beside?: Beside<Tensor>;
  readonly besideMasks?: Beside<Tensor | undefined>;
}): Looking {
  const mask = besideMasks["memory"] as Tensor | undefined; // a single one, by the type of the call
  return { memory: beside["memory"] as Tensor, mask: mask?.expand(1) }; // likewise
}

interface LookingParts {
  readonly inner: AnyCell;
  readonly module: Attention<never>;
  readonly softCap: number | undefined;
  readonly memorySize: number;
  readonly keys: number;
}

/** The cell whose output is [its own, scores]. */
function lookingCell({ inner, module, softCap, memorySize, keys }: LookingParts, weights: Weights, { memory, mask }: Looking): AnyCell {
  const wider = ({ input, units }: { readonly input: number; readonly units: number }) => ({ input: input + memorySize, units });
  return cellOf({
    name: `attentionDecoder ${inner.name}`,
    weights: (sizes) => inner.weights(wider(sizes)),
    state: (sizes) => inner.state(wider(sizes)),
    extras: (sizes) => inner.extras?.(wider(sizes)) ?? {},
    outputSize: (units) => (inner.outputSize?.(units) ?? units) + keys,
    step(own, x, state, extras) {
      const { output: context, weights: scores } = module.run(weights.attention, {
        query: (state["h"] as Tensor).expand(1),
        key: memory,
        mask,
        softCap,
      }); // there is one, as was seen
      const { output, state: next } = inner.step(own, concat([x, context.squeeze(1)]), state, extras);
      return { output: concat([output, scores.squeeze(1)]), state: next };
    },
  }) as AnyCell; // of the same names
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
