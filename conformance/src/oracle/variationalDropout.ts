// Variational dropout (Gal & Ghahramani 2016): one mask per sequence on what a cell sees. Written from its equations, apart from core.
import type { Bounded } from "./bounded.ts";
import type { Cell, Extra, Named } from "./cell.ts";

/** The step sees m∘x and m∘s, by extras `dropout.x` and `dropout.` and the state's name, per sequence; without one it sees all. */
export function variationalDropout<W extends object>(cell: Cell<W, Named>, states: readonly string[] = ["h"]): Cell<W, Named> {
  return {
    ...cell,
    name: `dropout of x, ${states.join(", ")} of ${cell.name}`,
    extras: (sizes) => ({
      ...cell.extras?.(sizes),
      ...Object.fromEntries(
        [["x", sizes.input] as const, ...states.map((name) => [name, cell.states(sizes.units)[name]!] as const)].map(
          ([name, size]): [string, Extra] => [`dropout.${name}`, { shape: [size], per: "sequence" }],
        ),
      ),
    }),
    step(arithmetic, weights, x, state, extras = {}) {
      const masked = (name: string, v: Bounded) => {
        const mask = name === "x" || states.includes(name) ? extras[`dropout.${name}`] : undefined;
        return mask ? arithmetic.times(mask, v) : v;
      };
      const each = (of: Named): Named => Object.fromEntries(Object.entries(of).map(([name, v]) => [name, masked(name, v)]));
      const inner = cell.step(arithmetic, weights, masked("x", x), each(state), extras);
      return {
        state: inner.state,
        backward(d) {
          const through = inner.backward(d);
          return { ...through, x: masked("x", through.x), state: each(through.state) };
        },
      };
    },
  };
}
