// erf of four float32 lanes, as functions.ts has the others; the coefficients are those of scripts/fit.mjs. Largest error over all float32: 2.4888 ulp.
import { f32x4, get, set, v128 } from "../wasm/index.ts";
import { type Function4, polynomial } from "./functions.ts";

const { add, sub, mul, abs, pmin, lt } = f32x4;

/** erf x = x + x·p(x²) for |x| < 1.5. */
const near = [
  0.12837916612625122, -0.37612631916999817, 0.11283712089061737, -0.026862651109695435, 0.005216069519519806, -0.0008446721476502717,
  0.00011268851085333154, -0.000011218886356800795, 6.085281825107813e-7,
];

/** erf x = 1 − p(x − 2.75) from there to 4, where it is 1. */
const far = [
  0.00010062374349217862, -0.0005861766985617578, 0.0016121610533446074, -0.0027622212655842304, 0.003259065095335245, -0.00274625769816339,
  0.0016538652125746012, -0.0006674440810456872, 0.00009525038331048563, 0.00009470884833717719, -0.0000611032810411416,
  0.0000032791090234240983, 0.000004359852937341202,
];

export const erf: Function4 = (lanes, x) => {
  const { constant, integer } = lanes;
  const [c, v, z, s] = lanes.scratch();
  return [
    set(c, x),
    set(v, pmin(abs(get(c)), constant(4))),
    set(z, mul(get(v), get(v))),
    set(s, sub(get(v), constant(2.75))),
    v128.or(
      v128.select(
        add(get(v), mul(get(v), polynomial(lanes, near, z))),
        sub(constant(1), polynomial(lanes, far, s)),
        lt(get(v), constant(1.5)),
      ),
      v128.and(get(c), integer(-(2 ** 31))),
    ),
  ];
};
