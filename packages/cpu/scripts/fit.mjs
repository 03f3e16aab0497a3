// Fits the polynomials of src/generator/codegen/functions.ts. Run by hand: `node packages/cpu/scripts/fit.mjs` prints the coefficients that stand there.
// Least squares on Chebyshev nodes, weighted anew until the largest error is as small as it gets (Lawson 1961), in float64; coefficients
// are rounded to float32 one by one, the lowest power first, and the others fitted again around each. Nothing in it is random. `moved` counts
// by how many float32 the coefficients then stand away from the fit, where rounding errors come out least: of 4,000 neighbours tried for
// `complement`, these are the ones that keep exp below 1 ulp and tanh below 2, over all float32 (`npm run accuracy`).

const half = Math.LN2 / 2;

const fits = {
  // 1 − e^−u = u − u²·p(u) where |u| ≤ ½ ln 2; error relative to e^−u.
  complement: {
    terms: 5,
    interval: [-half, half],
    target: (u) => sum(20, (k) => (-u) ** k / factorial(k + 2)),
    weight: (u) => u * u * Math.exp(u),
    moved: [0, -2, -16, 80, -800],
  },
  // log(1 + f) = f − ½f² + f³·p(f) where √½ ≤ 1 + f ≤ √2; error relative to log(1 + f).
  log: {
    terms: 9,
    interval: [Math.SQRT1_2 - 1, Math.SQRT2 - 1],
    target: (f) => sum(60, (k) => (-f) ** k / (k + 3)),
    weight: (f) => f ** 3 / Math.log1p(f),
  },
  // erf x = x + x·p(x²) where |x| ≤ 1.5; error relative to erf x.
  erfNear: {
    terms: 9,
    interval: [0, 2.25],
    target: (z) => erfOver(z) - 1,
    weight: (z) => 1 / erfOver(z),
  },
  // erf x = 1 − p(x − 2.75) where 1.5 ≤ x ≤ 4; error absolute.
  erfFar: {
    terms: 13,
    interval: [-1.25, 1.25],
    target: (s) => complementOfErf(s + 2.75),
    weight: () => 1,
  },
};

/** (erf √z)/√z = 2/√π · e^−z · Σ (2z)ᵏ/(1·3·5 … (2k + 1)). */
function erfOver(z) {
  let [term, total] = [1, 0];
  for (let k = 0; k < 60; k++) {
    total += term;
    term *= (2 * z) / (2 * k + 3);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z) * total;
}

/** 1 − erf x by Laplace's continued fraction, e^−x²/√π · 1/(x + ½/(x + 1/(x + 3/2/(x + …)))). */
function complementOfErf(x) {
  let below = x;
  for (let k = 200; k > 0; k--) below = x + k / 2 / below;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / below;
}

for (const [name, fit] of Object.entries(fits)) {
  const { coefficients, error } = rounded(fit);
  console.log(`${name}: [${coefficients.join(", ")}], relative error ${error.toExponential(2)} (2^${Math.log2(error).toFixed(1)})`);
}

function rounded({ target, weight, terms, interval, moved = [] }) {
  const points = nodes(400, interval);
  const done = [];
  while (done.length < terms) {
    const from = done.length;
    const rest = points.map((x) => (target(x) - horner(done, x)) * weight(x));
    const rows = points.map((x) => Array.from({ length: terms - from }, (_, k) => x ** (from + k) * weight(x)));
    done.push(Math.fround(minimax(rows, rest)[0]));
  }
  moved.forEach((by, k) => (done[k] = next(done[k], by)));
  const error = Math.max(...nodes(5000, interval).map((x) => Math.abs((target(x) - horner(done, x)) * weight(x))));
  return { coefficients: done, error };
}

/** The float32 so many away, in magnitude. */
function next(x, by) {
  const bits = new Int32Array(Float32Array.of(x).buffer);
  bits[0] += by;
  return new Float32Array(bits.buffer)[0];
}

/** The c for which the largest of |rows·c − wanted| is smallest. */
function minimax(rows, wanted) {
  let weights = wanted.map(() => 1);
  let best = { worst: Infinity, c: [] };
  for (let round = 0; round < 300; round++) {
    const c = leastSquares(rows, wanted, weights);
    const errors = rows.map((row, i) => Math.abs(dot(row, c) - wanted[i]));
    const worst = Math.max(...errors);
    if (worst < best.worst) best = { worst, c };
    weights = weights.map((w, i) => w * (errors[i] / worst + 1e-9));
    const total = sum(weights.length, (i) => weights[i]);
    weights = weights.map((w) => (w / total) * weights.length);
  }
  return best.c;
}

/** Minimises Σ weights·(rows·c − wanted)², by orthogonal columns (modified Gram–Schmidt). */
function leastSquares(rows, wanted, weights) {
  const scale = weights.map(Math.sqrt);
  const n = rows[0].length;
  const columns = Array.from({ length: n + 1 }, (_, k) => rows.map((row, i) => scale[i] * (k < n ? row[k] : wanted[i])));
  const r = columns.map(() => new Array(n + 1).fill(0));
  for (let k = 0; k < n; k++) {
    r[k][k] = Math.sqrt(dot(columns[k], columns[k]));
    const unit = (columns[k] = columns[k].map((x) => x / r[k][k]));
    for (let j = k + 1; j <= n; j++) {
      const along = (r[k][j] = dot(unit, columns[j]));
      columns[j] = columns[j].map((x, i) => x - along * unit[i]);
    }
  }
  const c = new Array(n).fill(0);
  for (let k = n - 1; k >= 0; k--) c[k] = (r[k][n] - sum(n - 1 - k, (j) => r[k][k + 1 + j] * c[k + 1 + j])) / r[k][k];
  return c;
}

/** Chebyshev nodes: dense towards the ends, never at 0 for an even count. */
function nodes(count, [from, to]) {
  return Array.from({ length: count }, (_, i) => (from + to) / 2 - ((to - from) / 2) * Math.cos((Math.PI * (i + 0.5)) / count));
}

function horner(coefficients, x) {
  return coefficients.reduceRight((value, c) => value * x + c, 0);
}

function dot(x, y) {
  return sum(x.length, (i) => x[i] * y[i]);
}

function sum(count, term) {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

function factorial(n) {
  return n < 2 ? 1 : n * factorial(n - 1);
}
