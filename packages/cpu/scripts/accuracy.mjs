// Measures exp, expm1, log, log1p, tanh, sigmoid, sin, cos and erf over all float32 against Math in float64: `npm run accuracy` in packages/cpu, or with names of functions
// after `--`. Prints the largest error of each in ulp of the exact result, where it is, and the smallest and largest results. Takes minutes.
import { bump, createModule, get, repeat, v128 } from "../dist/generator/wasm/index.js";
import { erf as exactErf } from "../../core/dist/program/running/erf.js";
import { erf } from "../dist/generator/codegen/erf.js";
import { exp, expm1, log, log1p, sigmoid, tanh } from "../dist/generator/codegen/functions.js";
import { lanesOf } from "../dist/generator/codegen/lanes.js";
import { cos, sin } from "../dist/generator/codegen/trigonometry.js";

const functions = {
  exp: { of: exp, exact: Math.exp },
  log: { of: log, exact: Math.log },
  log1p: { of: log1p, exact: Math.log1p },
  expm1: { of: expm1, exact: Math.expm1 },
  tanh: { of: tanh, exact: Math.tanh },
  sigmoid: { of: sigmoid, exact: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))) },
  sin: { of: sin, exact: Math.sin, within: 10_000 },
  cos: { of: cos, exact: Math.cos, within: 10_000 },
  erf: { of: erf, exact: exactErf },
};
const block = 2 ** 16;
const double = new Float64Array(1);
const high = new Uint32Array(double.buffer);

const names = process.argv.slice(2);
for (const [name, each] of Object.entries(functions)) if (names.length === 0 || names.includes(name)) measure(name, each);

function measure(name, { of, exact, within = Infinity }) {
  const { inputs, bits, outputs, run } = evaluator(of);
  const worst = { error: 0, at: NaN };
  const range = [Infinity, -Infinity];
  for (let start = 0; start < 2 ** 32; start += block) {
    for (let i = 0; i < block; i++) bits[i] = start + i;
    run();
    for (let i = 0; i < block; i++) {
      const [got, want] = [outputs[i], exact(inputs[i])];
      if (got < range[0]) range[0] = got;
      if (got > range[1]) range[1] = got;
      if (Math.abs(inputs[i]) > within) continue;
      // Most are far from the worst: one ulp of a number is at least 2⁻²⁴ of it.
      if (Math.abs(got - want) <= worst.error * 2 ** -24 * Math.abs(want)) continue;
      const error = errorOf(got, want);
      if (error > worst.error) Object.assign(worst, { error, at: inputs[i] });
    }
  }
  console.log(`${name}: ${worst.error.toFixed(4)} ulp at ${worst.at}, results from ${range[0]} to ${range[1]}`);
}

/** The distance in units of the last place of a float32 at the exact value; infinite where only one of both is NaN or infinite. */
function errorOf(got, want) {
  if (Number.isNaN(want) || !Number.isFinite(Math.fround(want))) return Object.is(got, Math.fround(want)) ? 0 : Infinity;
  if (want === 0) return Object.is(got, want) ? 0 : Infinity;
  double[0] = want;
  const exponent = Math.max(-126, ((high[1] >>> 20) & 0x7ff) - 1023);
  const error = Math.abs(got - want) / 2 ** (exponent - 23);
  return Number.isNaN(error) ? Infinity : error;
}

/** The function over a block of inputs. */
function evaluator(of) {
  const module = createModule();
  const run = module.function({ params: ["i32"] }, (scope) => {
    const lanes = lanesOf(scope);
    const [at] = scope.params;
    const code = repeat(scope.local("i32"), block / 4, [v128.store(get(at), of(lanes, v128.load(get(at))), 4 * block), bump(at, 16)]);
    return [lanes.setup(), code];
  });
  module.export("run", run);
  const memory = new WebAssembly.Memory({ initial: (8 * block) / 65536 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory } });
  return {
    inputs: new Float32Array(memory.buffer, 0, block),
    bits: new Uint32Array(memory.buffer, 0, block),
    outputs: new Float32Array(memory.buffer, 4 * block, block),
    run: () => exports.run(0),
  };
}
