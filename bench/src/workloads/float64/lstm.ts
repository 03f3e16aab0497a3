// The LSTM of `LstmWeights` (Hochreiter & Schmidhuber 1997; Gers et al. 2000), from its equations.
import { columnSums, product, sigmoid, transposed } from "./matrix.ts";
import { block, type Numbers, type Ran, type Recurrence } from "./sequence.ts";

export type LstmNumbers = Numbers<"wx" | "wh" | "b">;

export const lstm: Recurrence<LstmNumbers> = ({ wx, wh, b }, x, { batch, steps, input, units }) => {
  const size = batch * units;
  const gates = product(x, wx, [steps * batch, input, 4 * units]); // [steps, batch, i f g o], activated step by step
  const [h, c] = [new Float64Array((steps + 1) * size), new Float64Array((steps + 1) * size)];
  for (let t = 0; t < steps; t++) {
    const a = product(block(h, t, size), wh, [batch, units, 4 * units], {}, block(gates, t, 4 * size));
    for (let at = 0; at < size; at++) {
      const [i, f, g, o] = places(at, units);
      a[i] = sigmoid(a[i]! + b[i % (4 * units)]!);
      a[f] = sigmoid(a[f]! + b[f % (4 * units)]!);
      a[g] = Math.tanh(a[g]! + b[g % (4 * units)]!);
      a[o] = sigmoid(a[o]! + b[o % (4 * units)]!);
      const [old, next] = [t * size + at, (t + 1) * size + at];
      c[next] = a[f]! * c[old]! + a[i]! * a[g]!; // c′ = f∘c + i∘g
      h[next] = a[o]! * Math.tanh(c[next]!); // h′ = o∘tanh(c′)
    }
  }

  const backward: Ran<LstmNumbers>["backward"] = (d) => {
    const dz = new Float64Array(gates.length);
    const back = transposed(wh, units, 4 * units);
    const dc = new Float64Array(size);
    let dh: Float64Array = new Float64Array(size);
    for (let t = steps - 1; t >= 0; t--) {
      const [a, da] = [block(gates, t, 4 * size), block(dz, t, 4 * size)];
      for (let at = 0; at < size; at++) {
        const [i, f, g, o] = places(at, units);
        const y = Math.tanh(c[(t + 1) * size + at]!);
        const up = dh[at]! + d[t * size + at]!;
        const through = dc[at]! + up * a[o]! * (1 - y * y);
        da[i] = through * a[g]! * a[i]! * (1 - a[i]!);
        da[f] = through * c[t * size + at]! * a[f]! * (1 - a[f]!);
        da[g] = through * a[i]! * (1 - a[g]! * a[g]!);
        da[o] = up * y * a[o]! * (1 - a[o]!);
        dc[at] = through * a[f]!;
      }
      dh = product(da, back, [batch, 4 * units, units]);
    }
    const rows = steps * batch;
    return {
      weights: {
        wx: product(x, dz, [input, rows, 4 * units], { a: true }),
        wh: product(h.subarray(0, steps * size), dz, [units, rows, 4 * units], { a: true }),
        b: columnSums(dz, 4 * units),
      },
      x: product(dz, wx, [rows, 4 * units, input], { b: true }),
    };
  };
  return { outputs: h.subarray(size), backward };
};

/** Where the four gates of unit `at` of [batch, units] lie in [batch, 4·units]. */
function places(at: number, units: number): readonly [i: number, f: number, g: number, o: number] {
  const i = Math.floor(at / units) * 4 * units + (at % units);
  return [i, i + units, i + 2 * units, i + 3 * units];
}
