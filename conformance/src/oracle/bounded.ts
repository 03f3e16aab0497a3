// Numbers with an error bound each, and the moves that copy them without computing: rows, column blocks, joins.

/** Row-major numbers, and for each the largest error that a machine may have made by then. */
export interface Bounded {
  readonly shape: readonly number[];
  readonly value: Float64Array;
  readonly error: Float64Array;
}

/** What is known exactly. */
export function known(shape: readonly number[], value: Float64Array): Bounded {
  return { shape, value, error: new Float64Array(value.length) };
}

export function full(shape: readonly number[], value: number): Bounded {
  return known(shape, new Float64Array(count(shape)).fill(value));
}

export function zeros(shape: readonly number[]): Bounded {
  return full(shape, 0);
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The i-th vector along the last axis, without copying. */
export function row(x: Bounded, i: number): Bounded {
  const width = x.shape.at(-1)!;
  const part = (of: Float64Array) => of.subarray(i * width, (i + 1) * width);
  return { shape: [width], value: part(x.value), error: part(x.error) };
}

/** The i-th array of `shape` in `x`, without copying. */
export function entry(x: Bounded, shape: readonly number[], i: number): Bounded {
  const size = count(shape);
  const part = (of: Float64Array) => of.subarray(i * size, (i + 1) * size);
  return { shape, value: part(x.value), error: part(x.error) };
}

/** Copies `v` into `x` as its i-th array of that size. */
export function put(x: Bounded, i: number, v: Bounded): void {
  x.value.set(v.value, i * v.value.length);
  x.error.set(v.error, i * v.error.length);
}

/** Arrays of `shape` one upon the other: [parts, …shape]. */
export function stacked(shape: readonly number[], parts: readonly Bounded[]): Bounded {
  const whole = zeros([parts.length, ...shape]);
  parts.forEach((part, i) => put(whole, i, part));
  return whole;
}

/** One number, `n` times. */
export function repeated(x: Bounded, n: number): Bounded {
  return { shape: [n], value: new Float64Array(n).fill(x.value[0]!), error: new Float64Array(n).fill(x.error[0]!) };
}

/** `n` blocks of equal width along the last axis. */
export function blocks(x: Bounded, n: 2): readonly [Bounded, Bounded];
export function blocks(x: Bounded, n: 3): readonly [Bounded, Bounded, Bounded];
export function blocks(x: Bounded, n: 4): readonly [Bounded, Bounded, Bounded, Bounded];
export function blocks(x: Bounded, n: number): readonly Bounded[];
export function blocks(x: Bounded, n: number): readonly Bounded[] {
  const width = x.shape.at(-1)! / n;
  return Array.from({ length: n }, (_, block) => {
    const part = zeros([...x.shape.slice(0, -1), width]);
    part.value.forEach((_, at) => copy(x, Math.floor(at / width) * width * n + block * width + (at % width), part, at));
    return part;
  });
}

/** The inverse of `blocks`. */
export function join(...parts: readonly [Bounded, ...Bounded[]]): Bounded {
  const n = parts.length;
  const width = parts[0].shape.at(-1)!;
  const whole = zeros([...parts[0].shape.slice(0, -1), width * n]);
  parts.forEach((part, block) =>
    part.value.forEach((_, at) => copy(part, at, whole, Math.floor(at / width) * width * n + block * width + (at % width))),
  );
  return whole;
}

/** Two arrays side by side along the last axis, of whatever widths. */
export function beside(a: Bounded, b: Bounded): Bounded {
  const [m, n] = [a.shape.at(-1)!, b.shape.at(-1)!];
  const whole = zeros([...a.shape.slice(0, -1), m + n]);
  whole.value.forEach((_, at) => {
    const [i, j] = [Math.floor(at / (m + n)), at % (m + n)];
    if (j < m) copy(a, i * m + j, whole, at);
    else copy(b, i * n + j - m, whole, at);
  });
  return whole;
}

/** [batch, steps, n] as [steps, batch, n], or back. */
export function stepsFirst(x: Bounded): Bounded {
  const [batch, steps, n] = x.shape as [number, number, number];
  const turned = zeros([steps, batch, n]);
  for (let b = 0; b < batch; b++) for (let t = 0; t < steps; t++) put(turned, t * batch + b, row(x, b * steps + t));
  return turned;
}

/** Step t of [batch, steps, n], as [batch, 1, n]. */
export function at(x: Bounded, t: number): Bounded {
  const [batch, steps, n] = x.shape as [number, number, number];
  const step = zeros([batch, 1, n]);
  for (let b = 0; b < batch; b++) put(step, b, row(x, b * steps + t));
  return step;
}

/** [batch, steps, n] with its steps in the opposite order. */
export function flipped(x: Bounded): Bounded {
  const [batch, steps] = x.shape as [number, number, number];
  const result = zeros(x.shape);
  for (let b = 0; b < batch; b++) for (let t = 0; t < steps; t++) put(result, b * steps + t, row(x, b * steps + steps - 1 - t));
  return result;
}

/** What `f` gives at each place. */
export function pointwise(shape: readonly number[], f: (at: number) => readonly [value: number, error: number]): Bounded {
  const value = new Float64Array(count(shape));
  const error = new Float64Array(value.length);
  for (let at = 0; at < value.length; at++) [value[at], error[at]] = f(at) as [number, number];
  return { shape, value, error };
}

function copy(from: Bounded, i: number, to: Bounded, j: number): void {
  to.value[j] = from.value[i]!;
  to.error[j] = from.error[i]!;
}
