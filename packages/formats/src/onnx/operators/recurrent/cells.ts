// One step of LSTM, GRU and RNN by the equations of the specification, for core to run over a sequence. Gate columns stay in ONNX's order.
import { add, cell, mul, split, sub, type Tensor } from "@sluice/core";
import { nth } from "../../read/there.ts";
import type { GateFunction } from "./gateFunctions.ts";

const weight = (axes: Readonly<Record<string, number>>) => ({ axes, init: "zeros" }) as const;

/** What all three have: wx [input, gates], wh [units, gates], b [gates]. */
const common = (input: number, units: number, gates: number) => ({
  wx: weight({ input, gates: gates * units }),
  wh: weight({ units, gates: gates * units }),
  b: weight({ gates: gates * units }),
});

export interface LstmCellOptions {
  readonly functions: readonly GateFunction[];
  /** f = 1 − i. */
  readonly coupled: boolean;
  readonly peepholes: boolean;
}

/**
 * i = f(a_i + P_i∘c), o = f(a_o + P_o∘c′), forget = f(a_f + P_f∘c), or 1 − i where coupled
 * c′ = forget∘c + i∘g(a_c), h′ = o∘h(c′), with columns i o f c of a = x·wx + h·wh + b, and i o f of `wp`.
 */
export function lstmCell({ functions, coupled, peepholes }: LstmCellOptions) {
  const [sigma, phi, psi] = [nth(functions, 0), nth(functions, 1), nth(functions, 2)];
  return cell({
    name: "LSTM",
    weights: ({ input, units }) => ({ ...common(input, units, 4), ...(peepholes && { wp: weight({ peepholes: 3 * units }) }) }),
    state: ({ units }) => ({ h: { axes: { units } }, c: { axes: { units } } }),
    step: (weights, x, { h: before, c }) => {
      const { wx, wh, b, wp } = weights as typeof weights & { readonly wp?: Tensor }; // there where there are peepholes
      const a = add(add(x.dot(wx), before.dot(wh)), b),
        [ai, ao, af, ac] = split(a, 4) as [Tensor, Tensor, Tensor, Tensor],
        [pi, po, pf] = wp === undefined ? [] : split(wp, 3);
      const seeing = (gate: Tensor, peephole: Tensor | undefined, memory: Tensor): Tensor =>
        peephole === undefined ? gate : add(gate, mul(peephole, memory));
      const i = sigma(seeing(ai, pi, c)),
        forget = coupled ? sub(1, i) : sigma(seeing(af, pf, c));
      const memory = add(mul(forget, c), mul(i, phi(ac))),
        o = sigma(seeing(ao, po, memory)),
        next = mul(o, psi(memory));
      return { output: next, state: { h: next, c: memory } };
    },
  });
}

export interface GruCellOptions {
  readonly functions: readonly GateFunction[];
  /** The reset gate acts after the product with the state. */
  readonly resetAfter: boolean;
}

/**
 * z, r = f(x·wx + h·wh + b), n = g(x·wx_n + b_n + (r∘h)·wh_n), or g(x·wx_n + b_n + r∘(h·wh_n + bh)) with the reset after the product
 * h′ = (1 − z)∘n + z∘h, columns z r n.
 */
export function gruCell({ functions, resetAfter }: GruCellOptions) {
  const [sigma, phi] = [nth(functions, 0), nth(functions, 1)];
  return cell({
    name: "GRU",
    weights: ({ input, units }) => ({ ...common(input, units, 3), bh: weight({ units }) }),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: ({ wx, wh, b, bh }, x, { h }) => {
      const units = nth(h.shape, 1),
        ax = add(x.dot(wx), b),
        gates = (t: Tensor): Tensor => t.slice(-1, 0, 2 * units),
        candidate = (t: Tensor): Tensor => t.slice(-1, 2 * units);
      const ah = resetAfter ? h.dot(wh) : h.dot(gates(wh)),
        [z, r] = split(sigma(add(gates(ax), gates(ah))), 2) as [Tensor, Tensor];
      const seen = resetAfter ? mul(r, add(candidate(ah), bh)) : mul(r, h).dot(candidate(wh)),
        n = phi(add(candidate(ax), seen)),
        next = add(n, mul(z, sub(h, n)));
      return { output: next, state: { h: next } };
    },
  });
}

/** h′ = f(x·wx + h·wh + b). */
export function rnnCell({ functions }: { readonly functions: readonly GateFunction[] }) {
  const phi = nth(functions, 0);
  return cell({
    name: "RNN",
    weights: ({ input, units }) => common(input, units, 1),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: ({ wx, wh, b }, x, { h }) => {
      const next = phi(add(add(x.dot(wx), h.dot(wh)), b));
      return { output: next, state: { h: next } };
    },
  });
}
