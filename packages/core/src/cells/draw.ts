// Numbers for a weight, by the way in which it is to start. What it is given was checked.
import { sizeOf } from "../shape.ts";
import type { Random } from "../random.ts";
import type { Init, InitName, PlainInit, VarianceScaling } from "../arguments/init.ts";
import { orthonormalise } from "./orthogonal.ts";

/** Each name as a record. */
const meanings: Readonly<Record<InitName, Exclude<PlainInit, string>>> = {
  glorotUniform: { varianceScaling: { mode: "fanAvg", distribution: "uniform" } },
  glorotNormal: { varianceScaling: { mode: "fanAvg" } },
  heUniform: { varianceScaling: { scale: 2, distribution: "uniform" } },
  heNormal: { varianceScaling: { scale: 2 } },
  lecunUniform: { varianceScaling: { distribution: "uniform" } },
  lecunNormal: { varianceScaling: {} },
  orthogonal: { orthogonal: 1 },
  identity: { identity: 1 },
  zeros: { constant: 0 },
  ones: { constant: 1 },
  randomUniform: { uniform: 0.05 },
  randomNormal: { normal: 0.05 },
  truncatedNormal: { truncatedNormal: 0.05 },
};

export function draw(given: Init, shape: readonly number[], source: Random): Float64Array {
  const init = typeof given === "string" ? meanings[given] : given,
    n = sizeOf(shape);
  if ("constant" in init) return new Float64Array(n).fill(init.constant);
  if ("uniform" in init) {
    const [low, high] = typeof init.uniform === "number" ? [-init.uniform, init.uniform] : init.uniform;
    return source.uniform(n, low, high);
  }
  if ("normal" in init) return source.normal(n, 0, init.normal);
  if ("truncatedNormal" in init) return truncated(n, init.truncatedNormal, source);
  if ("varianceScaling" in init) return scaled(init.varianceScaling, shape, source);
  const columns = shape.at(-1) ?? 1,
    rows = columns === 0 ? 0 : n / columns;
  if ("orthogonal" in init) return times(init.orthogonal, orthogonal(rows, columns, source));
  if ("identity" in init) return Float64Array.from({ length: n }, (_, i) => (Math.floor(i / columns) === i % columns ? init.identity : 0));
  return inBlocks(init.columns, shape, source);
}

function times(factor: number, x: Float64Array): Float64Array {
  return factor === 1 ? x : x.map((value) => factor * value);
}

/** Beyond two deviations drawn again. */
function truncated(n: number, deviation: number, source: Random): Float64Array {
  const drawn = new Float64Array(n);
  for (let done = 0; done < n;) for (const z of source.normal(n - done)) if (Math.abs(z) < 2) drawn[done++] = z * deviation;
  return drawn;
}

/** The deviation of a standard normal that is cut at ±2: √(1 − 4φ(2) / (2Φ(2) − 1)). */
const deviationWithinTwo = 0.8796256610342398;

function scaled(
  { scale = 1, mode = "fanIn", distribution = "truncatedNormal" }: VarianceScaling,
  shape: readonly number[],
  source: Random,
) {
  const [fanIn, fanOut] = fansOf(shape),
    fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode],
    deviation = Math.sqrt(scale / Math.max(1, fan)),
    n = sizeOf(shape);
  if (distribution === "untruncatedNormal") return source.normal(n, 0, deviation);
  if (distribution === "truncatedNormal") return truncated(n, deviation / deviationWithinTwo, source);
  return source.uniform(n, -1, 1).map((u) => u * Math.sqrt(3) * deviation);
}

/** As Keras counts them. */
export function fansOf(shape: readonly number[]): readonly [fanIn: number, fanOut: number] {
  const columns = shape.at(-1) ?? 1,
    rows = shape.at(-2) ?? columns,
    window = sizeOf(shape.slice(0, -2));
  return [window * rows, window * columns];
}

/** Of normal vectors; the longer side's are as many as the shorter is long. */
function orthogonal(rows: number, columns: number, source: Random): Float64Array {
  const count = Math.min(rows, columns),
    length = Math.max(rows, columns),
    vectors = source.normal(count * length);
  orthonormalise(vectors, count, length);
  if (rows <= columns) return vectors;
  const upright = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) upright[row * columns + column] = vectors[column * rows + row]!;
  return upright;
}

function inBlocks(ways: readonly Init[], shape: readonly number[], source: Random): Float64Array {
  const columns = shape.at(-1) ?? 1,
    width = columns / ways.length,
    blocks = ways.map((one, k) => draw(one, [...shape.slice(0, -1), width], source.child(k)));
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const row = Math.floor(i / columns),
      column = i % columns,
      block = Math.floor(column / width);
    return blocks[block]![row * width + (column % width)]!;
  });
}
