// Losses and their gradients, and what Adam makes of them.
import { columnSums, product } from "./matrix.ts";
import type { Numbers } from "./sequence.ts";

/** The mean of (y − target)², and its gradient. */
export function meanSquaredError(y: Float64Array, target: Float64Array): { readonly loss: number; readonly d: Float64Array } {
  const d = y.map((value, at) => (2 * (value - target[at]!)) / y.length);
  return { loss: y.reduce((sum, value, at) => sum + (value - target[at]!) ** 2, 0) / y.length, d };
}

/** The mean of −log softmax(logits)[class] over rows [rows, classes], and its gradient, which takes the place of the logits. */
export function crossEntropy(logits: Float64Array, classes: ArrayLike<number>): { readonly loss: number; readonly d: Float64Array } {
  const [rows, n] = [classes.length, logits.length / classes.length];
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const x = logits.subarray(row * n, (row + 1) * n);
    const highest = x.reduce((most, value) => Math.max(most, value), -Infinity);
    const logSum = highest + Math.log(x.reduce((sum, value) => sum + Math.exp(value - highest), 0));
    loss += (logSum - x[classes[row]!]!) / rows;
    x.forEach((value, j) => (x[j] = (Math.exp(value - logSum) - (j === classes[row]! ? 1 : 0)) / rows));
  }
  return { loss, d: logits };
}

/** x·w + b, x [rows, inputs] and w [inputs, outputs]; back from the gradient of what it gives. */
export function dense(x: Float64Array, { w, b }: Numbers<"w" | "b">) {
  const outputs = b.length;
  const inputs = w.length / outputs;
  const rows = x.length / inputs;
  const y = product(x, w, [rows, inputs, outputs]).map((value, at) => value + b[at % outputs]!);
  const backward = (d: Float64Array) => ({
    w: product(x, d, [inputs, rows, outputs], { a: true }),
    b: columnSums(d, outputs),
    x: product(d, w, [rows, outputs, inputs], { b: true }),
  });
  return { y, backward };
}

export interface Step<K extends string> {
  readonly loss: number;
  readonly gradients: Numbers<K>;
}

/** The losses of `runs` steps, each before its update (Kingma & Ba 2015, algorithm 1). The weights change in place. */
export function adamLosses<K extends string>(
  runs: number,
  weights: Numbers<K>,
  { learningRate, epsilon }: { readonly learningRate: number; readonly epsilon: number },
  step: () => Step<K>,
): Float64Array {
  const names = Object.keys(weights) as K[]; // a record has no other keys
  const moments = names.map((name) => [new Float64Array(weights[name].length), new Float64Array(weights[name].length)] as const);
  return Float64Array.from({ length: runs }, (_, run) => {
    const { loss, gradients } = step();
    names.forEach((name, at) => {
      const [m, v] = moments[at]!;
      const [g, w] = [gradients[name], weights[name]];
      for (let i = 0; i < w.length; i++) {
        m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
        v[i] = 0.999 * v[i]! + 0.001 * g[i]! ** 2;
        const [m̂, v̂] = [m[i]! / (1 - 0.9 ** (run + 1)), v[i]! / (1 - 0.999 ** (run + 1))];
        w[i]! -= (learningRate * m̂) / (Math.sqrt(v̂) + epsilon);
      }
    });
    return loss;
  });
}
