// Long expressive memory (Rusch, Mishra, Erichson & Mahoney 2022, eq. 3, Δt = 1), the cell of `OwnWeights`, from its equations.
import { product, sigmoid } from "./matrix.ts";
import { block, type Numbers, type Sizes } from "./sequence.ts";

/** x [steps, batch, input] → outputs y [steps, batch, units]. */
export function lem({ wx, wh, wz, b }: Numbers<"wx" | "wh" | "wz" | "b">, x: Float64Array, sizes: Sizes): Float64Array {
  const { batch, steps, input, units } = sizes;
  const size = batch * units;
  const given = product(x, wx, [steps * batch, input, 4 * units]);
  const outputs = new Float64Array((steps + 1) * size);
  const z = new Float64Array(size);
  const hold = new Float64Array(size);
  for (let t = 0; t < steps; t++) {
    const [a, y] = [block(given, t, 4 * size), block(outputs, t, size)];
    const recurrent = product(y, wh, [batch, units, 3 * units]);
    for (let at = 0; at < size; at++) {
      const [row, u] = [Math.floor(at / units), at % units];
      const sum = (gate: number): number =>
        a[row * 4 * units + gate * units + u]! + recurrent[row * 3 * units + gate * units + u]! + b[gate * units + u]!;
      const step = sigmoid(sum(0));
      hold[at] = sigmoid(sum(1));
      z[at] = (1 - step) * z[at]! + step * Math.tanh(sum(2)); // z′ = (1 − δ)∘z + δ∘tanh(y·Wz + x·Vz + bz)
    }
    const last = product(z, wz, [batch, units, units]);
    for (let at = 0; at < size; at++) {
      const [row, u] = [Math.floor(at / units), at % units];
      const fresh = Math.tanh(a[row * 4 * units + 3 * units + u]! + last[at]! + b[3 * units + u]!);
      outputs[(t + 1) * size + at] = (1 - hold[at]!) * y[at]! + hold[at]! * fresh; // y′ = (1 − δ̄)∘y + δ̄∘tanh(z′·Wy + x·Vy + by)
    }
  }
  return outputs.subarray(size);
}
