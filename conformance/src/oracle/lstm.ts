// The LSTM (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000) and its variants. Written from its equations, apart from core.
import { activated, type Activation } from "./activations.ts";
import { blocks, full, join, type Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";
import { layerNormalised } from "./normalise.ts";
import type { BiasOption, RnnWeights } from "./rnn.ts";
import { sum } from "./sums.ts";

export interface LstmWeights extends RnnWeights {
  /** Peepholes, columns as the gates without g. */
  readonly wc?: Bounded;
  /** The projection [units, projection]. */
  readonly wr?: Bounded;
  /** Gains of the normalised products and of the normalised cell, and its shift. */
  readonly gx?: Bounded;
  readonly gh?: Bounded;
  readonly gc?: Bounded;
  readonly bc?: Bounded;
}

type State = Readonly<Record<"h" | "c", Bounded>>;

export interface LstmOptions extends BiasOption {
  /** i and f also see c, o sees c' (Gers & Schmidhuber 2000). */
  readonly peepholes?: boolean;
  /** f = 1 − i (Greff et al. 2017). */
  readonly coupled?: boolean;
  /** Size of h, which is m·Wr (Sak et al. 2014). */
  readonly projection?: number;
  /** Ba, Kiros & Hinton 2016. */
  readonly layerNorm?: boolean;
  /** c' stays within ± this (Sak et al. 2014). */
  readonly cellClip?: number;
  /** Of g and c'. */
  readonly activation?: Activation;
  /** Of i, f and o. */
  readonly recurrentActivation?: Activation;
}

/** Gate columns of wx [input, 4·units], wh [size of h, 4·units] and b [4·units] are ordered i f g o; where coupled, i g o. */
export function lstm(options: LstmOptions = {}): Cell<LstmWeights, State> {
  const { peepholes = false, coupled = false, projection, layerNorm = false, cellClip, useBias = true } = options;
  const { activation = "tanh", recurrentActivation = "sigmoid" } = options;
  const gates = coupled ? 3 : 4;
  return {
    name: ["lstm", ...described(options)].join(" "),
    weights: ({ input, units }) => ({
      wx: { shape: [input, gates * units] },
      wh: { shape: [projection ?? units, gates * units] },
      ...(useBias && { b: { shape: [gates * units] } }),
      ...(peepholes && { wc: { shape: [(gates - 1) * units] } }),
      ...(projection !== undefined && { wr: { shape: [units, projection] } }),
      ...(layerNorm && { gx: { shape: [gates * units] }, gh: { shape: [gates * units] }, gc: { shape: [units] }, bc: { shape: [units] } }),
    }),
    states: (units) => ({ h: projection ?? units, c: units }),
    step(arithmetic, { wx, wh, b, wc, wr, gx, gh, gc, bc }, x, { h, c }) {
      const { affine, affineT, outer, plus, minus, times, complement, clip, clipSlope } = arithmetic;
      const gate = (a: Bounded) => activated(recurrentActivation, arithmetic, a);
      const fresh = (a: Bounded) => activated(activation, arithmetic, a);
      const peep = (a: Bounded, w: Bounded | undefined, cell: Bounded) => (w ? plus(a, times(w, cell)) : a);

      const a = sum(arithmetic, b ? [b] : [], { x, w: wx, gain: gx }, { x: h, w: wh, gain: gh });
      const [ai, af, ag, ao] = named(blocks(a.value, gates), coupled);
      const [pi, pf, po] = wc ? (coupled ? [blocks(wc, 2)[0], undefined, blocks(wc, 2)[1]] : blocks(wc, 3)) : [];
      const i = gate(peep(ai, pi, c));
      const f = af && gate(peep(af, pf, c));
      const keep = f ? f.value : complement(i.value);
      const g = fresh(ag);
      const sought = plus(times(keep, c), times(i.value, g.value)); // c' = f∘c + i∘g
      const limit = full(c.shape, cellClip ?? Infinity);
      const cNext = cellClip === undefined ? sought : clip(sought, limit);
      const o = gate(peep(ao, po, cNext));
      const normal = layerNorm ? layerNormalised(arithmetic, cNext) : undefined;
      const y = fresh(normal ? plus(times(normal.value, gc!), bc!) : cNext);
      const m = times(o.value, y.value); // h' = o∘φ(c')
      return {
        state: { h: wr ? affine([], [m, wr]) : m, c: cNext },
        backward({ h: dh, c: dcNext }) {
          const dm = wr ? affineT([], [dh, wr]) : dh;
          const dO = o.backward(dm, y.value);
          const ds = y.backward(dm, o.value);
          // c' reaches the loss by itself, through h' and through o's peephole
          const reached = plus(dcNext, normal ? normal.backward(times(ds, gc!)) : ds, ...(po ? [times(dO, po)] : []));
          const dc = cellClip === undefined ? reached : times(reached, clipSlope(sought, limit));
          const di = f ? i.backward(dc, g.value) : i.backward(minus(times(dc, g.value), times(dc, c)));
          const df = f?.backward(dc, c);
          const dg = g.backward(dc, i.value);
          const da = df ? join(di, df, dg, dO) : join(di, dg, dO);
          const [throughX, throughH] = a.backward(da) as [Gradient, Gradient];
          const throughPeepholes = wc ? [times(di, pi!), ...(df ? [times(df, pf!)] : [])] : [];
          return {
            weights: {
              wx: throughX.w,
              wh: throughH.w,
              ...(b && { b: da }),
              ...(wc && { wc: join(times(di, c), ...(df ? [times(df, c)] : []), times(dO, cNext)) }),
              ...(wr && { wr: outer(m, dh) }),
              ...(normal && { gx: throughX.gain!, gh: throughH.gain!, gc: times(ds, normal.value), bc: ds }),
            },
            x: affineT([], [throughX.d, wx]),
            state: { h: affineT([], [throughH.d, wh]), c: plus(times(dc, keep), ...throughPeepholes) },
          };
        },
      };
    },
  };
}

type Gradient = ReturnType<ReturnType<typeof sum>["backward"]>[number];

/** The blocks by their gates i f g o, f absent where coupled. */
function named(parts: readonly Bounded[], coupled: boolean): readonly [Bounded, Bounded | undefined, Bounded, Bounded] {
  const [i, f, g, o] = coupled ? [parts[0], undefined, parts[1], parts[2]] : parts;
  return [i!, f, g!, o!];
}

/** The options that are not what they are by default. */
function described(options: LstmOptions): readonly string[] {
  const {
    peepholes,
    coupled,
    projection,
    layerNorm,
    cellClip,
    activation = "tanh",
    recurrentActivation = "sigmoid",
    useBias = true,
  } = options;
  return [
    ...(peepholes ? ["peepholes"] : []),
    ...(coupled ? ["coupled"] : []),
    ...(projection === undefined ? [] : [`projection ${projection}`]),
    ...(layerNorm ? ["layerNorm"] : []),
    ...(cellClip === undefined ? [] : [`cellClip ${cellClip}`]),
    ...(activation === "tanh" ? [] : [activation]),
    ...(recurrentActivation === "sigmoid" ? [] : [`gates ${recurrentActivation}`]),
    ...(useBias ? [] : ["no bias"]),
  ];
}
