// The cells of decoders that look at a memory at every step, before the step (Bahdanau et al. 2015) or after it (Luong et al. 2015).
import { cell as cellOf, concat, tanh } from "@sluice/core";
import type { Attention, Cell, States, Tensor, Tensors, Weight, WeightTensors } from "@sluice/core";

/** Of whatever names. */
type Own = Readonly<Record<string, Weight>>;
export type AnyCell = Cell<Own, Readonly<Record<string, { readonly axes: Readonly<Record<string, number>> }>>>;

export interface LookingWeights {
  readonly cell: Tensors<Own>;
  readonly attention: WeightTensors<never>;
  /** [size + units, attentionalUnits], where the step comes first. */
  readonly attentional?: Tensor;
}

export interface Memory {
  readonly memory: Tensor;
  /** [batch, 1, keys] */
  readonly mask: Tensor | undefined;
}

export interface LookingParts {
  readonly inner: AnyCell;
  readonly module: Attention<never>;
  readonly softCap: number | undefined;
  /** Features and steps of the memory. */
  readonly memorySize: number;
  readonly keys: number;
  /** Where the step comes first: how many units the attentional vector has, and whether the next step reads it. */
  readonly after: { readonly units: number; readonly feeds: boolean } | undefined;
}

/** The cell whose output is [its own, scores], or [attentional vector, scores]. */
export function lookingCell(parts: LookingParts, weights: LookingWeights, given: Memory): AnyCell {
  const { inner, keys, memorySize, after } = parts;
  const read = after === undefined ? memorySize : after.feeds ? after.units : 0;
  const wider = ({ input, units }: { readonly input: number; readonly units: number }) => ({ input: input + read, units });
  const look = (h: Tensor): { readonly context: Tensor; readonly scores: Tensor } => {
    const { output, weights: scores } = parts.module.run(weights.attention, {
      query: h.expand(1),
      key: given.memory,
      mask: given.mask,
      softCap: parts.softCap,
    });
    return { context: output.squeeze(1), scores: scores.squeeze(1) };
  };
  return cellOf({
    name: `attentionDecoder ${inner.name}`,
    weights: (sizes) => inner.weights(wider(sizes)),
    state: (sizes): States => ({
      ...inner.state(wider(sizes)),
      ...(after?.feeds === true && { attentional: { axes: { attentional: after.units } } }),
    }),
    extras: (sizes) => inner.extras?.(wider(sizes)) ?? {},
    outputSize: (units) => (after?.units ?? inner.outputSize?.(units) ?? units) + keys,
    step(own, x, state, extras) {
      if (after === undefined) {
        const { context, scores } = look(state["h"] as Tensor); // there is one, as was seen
        const { output, state: next } = inner.step(own, concat([x, context]), state, extras);
        return { output: concat([output, scores]), state: next };
      }
      const { attentional, ...before } = state;
      const { state: next } = inner.step(own, attentional === undefined ? x : concat([x, attentional]), before, extras);
      const h = next["h"] as Tensor, // likewise
        { context, scores } = look(h);
      const made = tanh(concat([context, h]).dot(weights.attentional as Tensor)); // h̃ = tanh(W·[c; h]); where the step comes first there is one
      return { output: concat([made, scores]), state: after.feeds ? { ...next, attentional: made } : next };
    },
  }) as AnyCell; // of the same names
}
