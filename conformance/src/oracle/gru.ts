// The GRU (Cho et al. 2014), its reset gate before the recurrent product, after it, or none. Written from its equations, apart from core.
import { activated, type Activation } from "./activations.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { beside, blocks, join, type Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";
import type { BiasOption, RnnWeights } from "./rnn.ts";
import { sum } from "./sums.ts";

export interface GruWeights extends RnnWeights {
  /** The candidate's recurrent bias: where reset comes after the product. */
  readonly bh?: Bounded;
  /** Gains of the normalised products. */
  readonly gx?: Bounded;
  readonly gh?: Bounded;
}
export interface GruOptions extends BiasOption {
  readonly reset?: "before" | "after" | "none";
  readonly update?: "keeps" | "replaces";
  /** The gates together and the candidate are normalised, each product by itself (Ba, Kiros & Hinton 2016). */
  readonly layerNorm?: boolean;
  /** Of the candidate. */
  readonly activation?: Activation;
  /** Of the gates. */
  readonly recurrentActivation?: Activation;
}

/**
 * Columns of wx [input, 3·units], wh [units, 3·units] and b [3·units] are ordered z r n, without a reset gate z n; bh is [units].
 * keeps (Cho et al. 2014): h' = z∘h + (1 − z)∘n. replaces (Chung et al. 2014): h' = (1 − z)∘h + z∘n.
 */
export function gru(options: GruOptions = {}): Cell<GruWeights, { readonly h: Bounded }> {
  const {
    reset = "after",
    update = "keeps",
    layerNorm = false,
    activation = "tanh",
    recurrentActivation = "sigmoid",
    useBias = true,
  } = options;
  const columns = reset === "none" ? 2 : 3;
  return {
    name: described(options),
    weights: ({ input, units }) => ({
      wx: { shape: [input, columns * units] },
      wh: { shape: [units, columns * units] },
      ...(useBias && { b: { shape: [columns * units] } }),
      ...(useBias && reset === "after" && { bh: { shape: [units] } }),
      ...(layerNorm && { gx: { shape: [columns * units] }, gh: { shape: [columns * units] } }),
    }),
    states: (units) => ({ h: units }),
    step(arithmetic, weights, x, { h }) {
      const { affineT, minus, times, complement, between } = arithmetic;
      const { gates, candidate, bh } = parted(weights, columns);
      const a = sum(arithmetic, biases(gates.b), { x, w: gates.wx, gain: gates.gx }, { x: h, w: gates.wh, gain: gates.gh });
      const gate = (part: Bounded) => activated(recurrentActivation, arithmetic, part);
      const [z, r] = (columns === 2 ? [a.value] : blocks(a.value, 2)).map(gate) as [ReturnType<typeof gate>, ReturnType<typeof gate>?];
      const seen = { ...candidate, x, h, ...(r && { r: r.value }), ...(bh && { bh }) };
      const inner = (reset === "after" ? after : before)(arithmetic, seen);
      const n = activated(activation, arithmetic, inner.sum);
      const [old, fresh] = update === "keeps" ? [z.value, complement(z.value)] : [complement(z.value), z.value];
      return {
        state: { h: update === "keeps" ? between(z.value, n.value, h) : between(z.value, h, n.value) },
        backward({ h: d }) {
          const toOld = times(d, h);
          const toFresh = times(d, n.value);
          const dz = z.backward(update === "keeps" ? minus(toOld, toFresh) : minus(toFresh, toOld));
          const dn = n.backward(d, fresh);
          const through = inner.backward(dn);
          const da = r ? join(dz, r.backward(through.r!)) : dz;
          const [gx, gh] = a.backward(da) as [Gradient, Gradient];
          return {
            weights: {
              wx: beside(gx.w, through.wx.w),
              wh: beside(gh.w, through.wh.w),
              ...(gates.b && { b: beside(da, dn) }),
              ...(bh && { bh: through.bh! }),
              ...(layerNorm && { gx: beside(gx.gain!, through.wx.gain!), gh: beside(gh.gain!, through.wh.gain!) }),
            },
            x: affineT([], [gx.d, gates.wx], [through.wx.d, candidate.wx]),
            state: { h: affineT([times(d, old), ...through.terms], [gh.d, gates.wh], ...through.products) },
          };
        },
      };
    },
  };
}

type Gradient = ReturnType<ReturnType<typeof sum>["backward"]>[number];

/** The options that are not what they are by default, and those of its equations. */
function described(options: GruOptions): string {
  const { reset = "after", update = "keeps", layerNorm, activation = "tanh", recurrentActivation = "sigmoid", useBias = true } = options;
  return [
    `gru reset ${reset}, update ${update}`,
    ...(layerNorm ? ["layerNorm"] : []),
    ...(activation === "tanh" ? [] : [activation]),
    ...(recurrentActivation === "sigmoid" ? [] : [`gates ${recurrentActivation}`]),
    ...(useBias ? [] : ["no bias"]),
  ].join(" ");
}

interface Part extends Omit<RnnWeights, "b"> {
  readonly b?: Bounded | undefined;
  readonly gx?: Bounded | undefined;
  readonly gh?: Bounded | undefined;
}

interface Seen extends Part {
  readonly x: Bounded;
  readonly h: Bounded;
  readonly r?: Bounded;
  readonly bh?: Bounded;
}

/** What the candidate's function sees, and from its gradient: those of the reset gate and of its weights, and what makes that of h. */
interface Candidate {
  readonly sum: Bounded;
  backward(d: Bounded): {
    readonly r?: Bounded;
    readonly bh?: Bounded;
    readonly wx: Gradient;
    readonly wh: Gradient;
    readonly terms: readonly Bounded[];
    readonly products: readonly (readonly [Bounded, Bounded])[];
  };
}

/** x·Wn + bn + r∘a, a = h·Un + bh */
function after(arithmetic: Arithmetic, { wx, wh, b, gx, gh, bh, x, h, r }: Seen): Candidate {
  const { times } = arithmetic;
  const a = sum(arithmetic, biases(bh), { x: h, w: wh, gain: gh });
  const n = sum(arithmetic, [...biases(b), times(r!, a.value)], { x, w: wx, gain: gx });
  return {
    sum: n.value,
    backward(d) {
      const da = times(d, r!);
      const [back] = a.backward(da) as [Gradient];
      const [front] = n.backward(d) as [Gradient];
      return { r: times(d, a.value), ...(bh && { bh: da }), wx: front, wh: back, terms: [], products: [[back.d, wh]] };
    },
  };
}

/** x·Wn + s·Un + bn, s = r∘h, or h without a reset gate */
function before(arithmetic: Arithmetic, { wx, wh, b, gx, gh, x, h, r }: Seen): Candidate {
  const { affineT, times } = arithmetic;
  const n = sum(arithmetic, biases(b), { x, w: wx, gain: gx }, { x: r ? times(r, h) : h, w: wh, gain: gh });
  return {
    sum: n.value,
    backward(d) {
      const [front, back] = n.backward(d) as [Gradient, Gradient];
      if (!r) return { wx: front, wh: back, terms: [], products: [[back.d, wh]] };
      const ds = affineT([], [back.d, wh]);
      return { r: times(ds, h), wx: front, wh: back, terms: [times(ds, r)], products: [] };
    },
  };
}

function biases(b: Bounded | undefined): readonly Bounded[] {
  return b ? [b] : [];
}

/** The columns of the gates, and those of the candidate. */
function parted({ wx, wh, b, gx, gh, bh }: GruWeights, columns: 2 | 3) {
  const part = (w: Bounded): readonly [Bounded, Bounded] => {
    const all: readonly Bounded[] = blocks(w, columns);
    return [columns === 2 ? all[0]! : join(all[0]!, all[1]!), all.at(-1)!];
  };
  const [[gwx, nwx], [gwh, nwh]] = [part(wx), part(wh)];
  const [gb, nb] = b ? part(b) : [];
  const [[ggx, ngx], [ggh, ngh]] = gx && gh ? [part(gx), part(gh)] : [[], []];
  const gates: Part = { wx: gwx, wh: gwh, b: gb, gx: ggx, gh: ggh };
  const candidate: Part = { wx: nwx, wh: nwh, b: nb, gx: ngx, gh: ngh };
  return { gates, candidate, bh };
}
