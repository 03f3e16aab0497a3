// Variational dropout (Gal & Ghahramani 2016): one mask for a whole sequence.
import type { Tensor } from "../trace/tensor.ts";
import type { Cell, Extras, ExtraSpec, States, Weights } from "./cell.ts";
import { options as named } from "../arguments/options.ts";
import { refused } from "../arguments/rules.ts";
import { checkCell } from "./checkCell.ts";
import { mapStates, statesOf, wrapped, type Prefixed } from "./wrapped.ts";

export interface VariationalDropoutOptions<S> {
  /** The states that are masked beside x. Default ["h"]. */
  readonly states?: readonly (keyof S & string)[];
}

/**
 * A cell that sees x and some of its states through masks that stay the same over the sequence (Gal & Ghahramani 2016): x∘m_x and s∘m_s.
 * The states themselves go on unmasked. Without masks, in inference, the cell as it is.
 *
 * A run takes the masks as extras, "dropout.x" [batch, input] and "dropout.h" [batch, …] for the state h: each element 0 with the
 * probability of dropping out, otherwise 1 / (1 − that).
 * Throws INVALID_ARGUMENT for a state there is not, and a cell that drops out already.
 */
export function variationalDropout<P extends Weights, S extends States, E extends Extras>(
  inner: Cell<P, S, E>,
  options: VariationalDropoutOptions<S> = {},
): Cell<P, S, E & Prefixed<"dropout", keyof S | "x">> {
  checkCell("variationalDropout", inner);
  const { states = ["h"] } = named("variationalDropout", options, { states: true }),
    masked: readonly string[] = states;
  if (!Array.isArray(states)) throw refused("variationalDropout", "states", states, "a list of names");
  statesOf("variationalDropout", inner, masked);
  return wrapped(inner, {
    who: "variationalDropout",
    prefix: "dropout",
    masks: (sizes) => {
      const of = Object.entries(inner.state(sizes)).filter(([state]) => masked.includes(state));
      const perSequence = (axes: ExtraSpec["axes"]): ExtraSpec => ({ axes, per: "sequence" });
      return { x: perSequence({ input: sizes.input }), ...Object.fromEntries(of.map(([state, { axes }]) => [state, perSequence(axes)])) };
    },
    step: ({ weights, x, state, extras, mask }) => {
      const seen = (t: Tensor, name: string): Tensor => t.mul(mask(name) ?? 1);
      return inner.step(
        weights,
        seen(x, "x"),
        mapStates(state, (s, name) => (masked.includes(name) ? seen(s, name) : s)),
        extras,
      );
    },
  });
}
