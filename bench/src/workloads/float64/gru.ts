// The GRU of `GruWeights` (Cho et al. 2014): reset after the product where there is a `bh`, otherwise before it.
import { columnSums, product, sigmoid, transposed } from "./matrix.ts";
import { block, type Numbers, type Ran, type Recurrence } from "./sequence.ts";

export type GruNumbers = Numbers<"wx" | "wh" | "b"> & { readonly bh?: Float64Array };

export const gru: Recurrence<GruNumbers> = ({ wx, wh, b, bh }, x, { batch, steps, input, units }) => {
  const size = batch * units;
  const [u, un] = [columns(wh, 3 * units, 0, 2 * units), columns(wh, 3 * units, 2 * units, 3 * units)];
  const gates = product(x, wx, [steps * batch, input, 3 * units]); // [steps, batch, z r n], activated step by step
  const h = new Float64Array((steps + 1) * size);
  const read = new Float64Array(steps * size); // what the candidate's product reads: h, or r∘h
  const inner = new Float64Array(steps * size); // and what it gives
  for (let t = 0; t < steps; t++) {
    const [a, old, s] = [block(gates, t, 3 * size), block(h, t, size), block(read, t, size)];
    const zr = product(old, u, [batch, units, 2 * units]);
    for (let at = 0; at < size; at++) {
      const [z, r] = places(at, units);
      const in2 = Math.floor(at / units) * 2 * units + (at % units);
      a[z] = sigmoid(a[z]! + zr[in2]! + b[at % units]!);
      a[r] = sigmoid(a[r]! + zr[in2 + units]! + b[units + (at % units)]!);
      s[at] = bh === undefined ? a[r]! * old[at]! : old[at]!;
    }
    const m = product(s, un, [batch, units, units], {}, block(inner, t, size));
    for (let at = 0; at < size; at++) {
      const [z, r, n] = places(at, units);
      if (bh !== undefined) m[at]! += bh[at % units]!;
      a[n] = Math.tanh(a[n]! + (bh === undefined ? m[at]! : a[r]! * m[at]!) + b[2 * units + (at % units)]!);
      h[(t + 1) * size + at] = a[z]! * old[at]! + (1 - a[z]!) * a[n]!; // h′ = z∘h + (1 − z)∘n
    }
  }

  const backward: Ran<GruNumbers>["backward"] = (d) => {
    const [dGates, dInner] = [new Float64Array(gates.length), new Float64Array(inner.length)];
    const [back, backInner] = [transposed(u, units, 2 * units), transposed(un, units, units)];
    const dh = new Float64Array(size);
    for (let t = steps - 1; t >= 0; t--) {
      const [a, da, old] = [block(gates, t, 3 * size), block(dGates, t, 3 * size), block(h, t, size)];
      const [m, dm] = [block(inner, t, size), block(dInner, t, size)];
      const up = dh.map((v, at) => v + d[t * size + at]!);
      for (let at = 0; at < size; at++) {
        const [z, r, n] = places(at, units);
        da[z] = up[at]! * (old[at]! - a[n]!) * a[z]! * (1 - a[z]!);
        da[n] = up[at]! * (1 - a[z]!) * (1 - a[n]! * a[n]!);
        dm[at] = bh === undefined ? da[n]! : da[n]! * a[r]!;
      }
      const ds = product(dm, backInner, [batch, units, units]);
      for (let at = 0; at < size; at++) {
        const [z, r, n] = places(at, units);
        da[r] = (bh === undefined ? ds[at]! * old[at]! : da[n]! * m[at]!) * a[r]! * (1 - a[r]!);
        dh[at] = up[at]! * a[z]! + (bh === undefined ? ds[at]! * a[r]! : ds[at]!);
      }
      product(columns(da, 3 * units, 0, 2 * units), back, [batch, 2 * units, units], {}, dh);
    }
    const rows = steps * batch;
    const dzr = columns(dGates, 3 * units, 0, 2 * units);
    return {
      weights: {
        wx: product(x, dGates, [input, rows, 3 * units], { a: true }),
        wh: beside(
          product(h.subarray(0, steps * size), dzr, [units, rows, 2 * units], { a: true }),
          product(read, dInner, [units, rows, units], { a: true }),
          units,
        ),
        b: columnSums(dGates, 3 * units),
        ...(bh !== undefined && { bh: columnSums(dInner, units) }),
      },
      x: product(dGates, wx, [rows, 3 * units, input], { b: true }),
    };
  };
  return { outputs: h.subarray(size), backward };
};

/** Where z, r and n of unit `at` of [batch, units] lie in [batch, 3·units]. */
function places(at: number, units: number): readonly [z: number, r: number, n: number] {
  const z = Math.floor(at / units) * 3 * units + (at % units);
  return [z, z + units, z + 2 * units];
}

/** Columns `from` to `to` of x [rows, width]. */
function columns(x: Float64Array, width: number, from: number, to: number): Float64Array {
  return x.filter((_, at) => at % width >= from && at % width < to);
}

/** a and b side by side, each [rows, …]. */
function beside(a: Float64Array, b: Float64Array, rows: number): Float64Array {
  const [p, q] = [a.length / rows, b.length / rows];
  const both = new Float64Array(a.length + b.length);
  for (let row = 0; row < rows; row++) {
    both.set(block(a, row, p), row * (p + q));
    both.set(block(b, row, q), row * (p + q) + p);
  }
  return both;
}
