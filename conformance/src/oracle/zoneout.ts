// Zoneout (Krueger et al. 2016): now and then a state stays as it was. Written from its equations, apart from core.
import { full, type Bounded } from "./bounded.ts";
import type { Cell, Extra, Named } from "./cell.ts";

/** How often each state stays, 0 … 1: of all states, or by name; never where it has no name here. */
export type Rates = number | Readonly<Record<string, number>>;

/** s' = m∘s + (1 − m)∘s', by an extra `zoneout.` and the state's name, per step; without it m is the rate. */
export function zoneout<W extends object>(cell: Cell<W, Named>, rates: Rates): Cell<W, Named> {
  const rateOf = (name: string) => (typeof rates === "number" ? rates : rates[name]);
  const zoned = (units: number) => Object.entries(cell.states(units)).filter(([name]) => rateOf(name) !== undefined);
  return {
    ...cell,
    name: `zoneout ${typeof rates === "number" ? rates : JSON.stringify(rates)} of ${cell.name}`,
    extras: (sizes) => ({
      ...cell.extras?.(sizes),
      ...Object.fromEntries(zoned(sizes.units).map(([name, size]): [string, Extra] => [`zoneout.${name}`, { shape: [size], per: "step" }])),
    }),
    step(arithmetic, weights, x, state, extras = {}) {
      const { plus, times, complement, literal } = arithmetic;
      const inner = cell.step(arithmetic, weights, x, state, extras);
      const shares = Object.fromEntries(
        Object.keys(inner.state).map((name) => [name, shareOf(name, state[name]!)]), //
      );
      function shareOf(name: string, { shape }: Bounded): { readonly old: Bounded; readonly fresh: Bounded } | undefined {
        const [rate, mask] = [rateOf(name), extras[`zoneout.${name}`]];
        if (rate === undefined) return undefined;
        if (mask) return { old: mask, fresh: complement(mask) };
        return { old: literal(full(shape, rate)), fresh: literal(full(shape, 1 - rate)) };
      }
      const each = (f: (name: string, share: { readonly old: Bounded; readonly fresh: Bounded } | undefined) => Bounded): Named =>
        Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, f(name, share)]));
      return {
        state: each((name, share) =>
          share ? plus(times(share.old, state[name]!), times(share.fresh, inner.state[name]!)) : inner.state[name]!,
        ),
        backward(d) {
          const through = inner.backward(each((name, share) => (share ? times(share.fresh, d[name]!) : d[name]!)));
          const past = each((name, share) => (share ? plus(through.state[name]!, times(share.old, d[name]!)) : through.state[name]!));
          return { ...through, state: past };
        },
      };
    },
  };
}
