// GLSL functions that kernels call: whole-number division, and scalar operations with the accuracy and the special values that `supports`
// declares, of additions and products alone wherever a GPU may be less exact. They know no kernels.

/** A function that kernels may call by its name. */
export interface Helper {
  readonly returns: "Integer" | "Number";
  readonly takes: readonly ("Integer" | "Number")[];
  readonly source: string;
}

/**
 * e^x by Cody & Waite (1980): x = k·ln 2 + r, |r| ≤ ½ ln 2, and the Taylor polynomial of degree 7, whose error is 6e-9 there. 2^k is multiplied on in
 * two steps, so that what overflows becomes infinite and what underflows 0.
 */
const exp = /* glsl */ `
#ifndef SLUICE_EXP
#define SLUICE_EXP
float sluicePower2(float k) {
  float r = 1.0;
  float a = abs(k);
  bool n = k < 0.0;
  if (a >= 64.0) { r *= n ? 5.421010862427522e-20 : 18446744073709551616.0; a -= 64.0; }
  if (a >= 32.0) { r *= n ? 2.3283064365386963e-10 : 4294967296.0; a -= 32.0; }
  if (a >= 16.0) { r *= n ? 0.0000152587890625 : 65536.0; a -= 16.0; }
  if (a >= 8.0) { r *= n ? 0.00390625 : 256.0; a -= 8.0; }
  if (a >= 4.0) { r *= n ? 0.0625 : 16.0; a -= 4.0; }
  if (a >= 2.0) { r *= n ? 0.25 : 4.0; a -= 2.0; }
  if (a >= 1.0) { r *= n ? 0.5 : 2.0; }
  return r;
}
float sluiceExp(float x) {
  float y = x < -104.0 ? -104.0 : (x > 89.0 ? 89.0 : x);
  float k = floor(y * 1.44269504 + 0.5);
  float r = (y - k * 0.693359375) + k * 2.12194440e-4;
  float p = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666667 + r * (0.0416666667 + r * (0.00833333333 + r * (0.00138888889 + r * 0.000198412698))))));
  float half_ = floor(k * 0.5);
  return p * sluicePower2(half_) * sluicePower2(k - half_);
}
#endif`;

/**
 * log x by its exponent k and, with s = f/(2 + f), the series 2(s + s³/3 + s⁵/5 + …) of its mantissa 1 + f between √½ and √2.
 * What has no logarithm is left to GLSL: −∞ of 0, NaN of NaN and below.
 */
const log = /* glsl */ `${exp}
#ifndef SLUICE_LOG
#define SLUICE_LOG
float sluiceLogOf(float k, float f) {
  float s = f / (2.0 + f);
  float z = s * s;
  float tail = z * (0.666666667 + z * (0.4 + z * (0.285714286 + z * (0.222222222 + z * 0.181818182))));
  float h = 0.5 * f * f;
  return k * 0.693359375 + (f - (h - (s * (h + tail) - k * 2.12194440e-4)));
}
float sluiceLog(float x) {
  if (!(x > 0.0)) { return log(x); }
  if (x > 3.4028234e38) { return x; }
  float k = floor(log2(x));
  k = k < -126.0 ? -126.0 : (k > 127.0 ? 127.0 : k);
  float half_ = floor(k * 0.5);
  float m = x * sluicePower2(-half_) * sluicePower2(half_ - k);
  if (m >= 2.0) { m *= 0.5; k += 1.0; }
  if (m < 1.0) { m *= 2.0; k -= 1.0; }
  if (m > 1.41421356) { m *= 0.5; k += 1.0; }
  float f = m - 1.0;
  return sluiceLogOf(k, f);
}
#endif`;

/**
 * The sine of x and `ahead` quarters. With k the nearest to x/½π and r = x − k·½π, ½π in parts of which four have 11 bits (Cody & Waite 1980):
 * sin r, cos r, −sin r or −cos r as k goes round, by Taylor polynomials of degree 9 and 10, whose errors are 2e-9 and 1e-10 up to ¼π.
 */
const turned = /* glsl */ `
#ifndef SLUICE_TURNED
#define SLUICE_TURNED
float sluiceTurned(float x, float ahead) {
  float k = floor(x * 0.636619772 + 0.5);
  float r = (((x - k * 1.5703125) - k * 0.00048351287841796875) - k * 3.1385570764541626e-7) - k * 6.070877134334296e-11;
  r -= k * 6.223372171896613e-14;
  r = r < -1.0 ? -1.0 : (r > 1.0 ? 1.0 : r);
  float z = r * r;
  float s = r + r * (z * (-0.166666667 + z * (0.00833333333 + z * (-0.000198412698 + z * 0.00000275573192))));
  float c = 1.0 + z * (-0.5 + z * (0.0416666667 + z * (-0.00138888889 + z * (0.0000248015873 - z * 2.75573192e-7))));
  k += ahead;
  float h = floor(k * 0.5);
  float v = k - 2.0 * h == 0.0 ? (r == 0.0 ? r : s) : c;
  return h - 2.0 * floor(h * 0.5) == 0.0 ? v : -v;
}
#endif`;

const number = (source: string, operands = 1): Helper => ({
  returns: "Number",
  takes: new Array<"Number">(operands).fill("Number"),
  source,
});

/** By name. What each computes is in its name; NaN stays NaN wherever the contract wants it. */
export const helpers = {
  /** ⌊a / b⌋ of whole numbers from 0, b at least 1. Corrected, for GPUs whose whole numbers are floats and whose division is not exact. */
  sluiceDivide: {
    returns: "Integer",
    takes: ["Integer", "Integer"],
    source: /* glsl */ `
int sluiceDivide(int a, int b) {
  int q = a / b;
  int r = a - q * b;
  if (r < 0) { q -= 1; }
  if (r >= b) { q += 1; }
  return q;
}`,
  },
  sluiceExp: number(exp),
  sluiceLog: number(log),
  /** Near 0 the series of the mantissa itself, of x as it is: 1 + x, of which a compiler might take the 1 away again, is never formed. */
  sluiceLog1p: number(/* glsl */ `${log}
float sluiceLog1p(float x) {
  if (x > -0.29 && x < 0.41) { return x == 0.0 ? x : sluiceLogOf(0.0, x); }
  return sluiceLog(1.0 + x);
}`),
  /** For |x| below ½ the Taylor polynomial of degree 9, whose error is 6e-10 of it there, otherwise e^x − 1. */
  sluiceExpm1: number(/* glsl */ `${exp}
float sluiceExpm1(float x) {
  if (abs(x) < 0.5) {
    return x * (1.0 + x * (0.5 + x * (0.166666667 + x * (0.0416666667 + x * (0.00833333333 + x * (0.00138888889 + x * (0.000198412698
      + x * (0.0000248015873 + x * 0.00000275573192))))))));
  }
  return sluiceExp(x) - 1.0;
}`),
  /** For |x| below 5/8 the fourth convergent of tanh x = x/(1 + x²/(3 + x²/(5 + …))) (Lambert 1768), otherwise through e^(−2|x|). */
  sluiceTanh: number(/* glsl */ `${exp}
float sluiceTanh(float x) {
  float a = abs(x);
  float z = x * x;
  if (a < 0.625) { return x * ((945.0 + z * (105.0 + z)) / (945.0 + z * (420.0 + z * 15.0))); }
  float e = sluiceExp(-2.0 * a);
  float t = 1.0 - 2.0 * e / (1.0 + e);
  return x < 0.0 ? -t : t;
}`),
  sluiceSigmoid: number(/* glsl */ `${exp}
float sluiceSigmoid(float x) {
  float e = sluiceExp(-abs(x));
  float r = 1.0 / (1.0 + e);
  return x < 0.0 ? e * r : r;
}`),
  sluiceSin: number(/* glsl */ `${turned}
float sluiceSin(float x) { return sluiceTurned(x, 0.0); }`),
  sluiceCos: number(/* glsl */ `${turned}
float sluiceCos(float x) { return sluiceTurned(x, 1.0); }`),
  /** Polynomials in x² below 1.5, in |x| − 2.75 from there to 4, where it is 1; fitted by packages/cpu/scripts/fit.mjs. */
  sluiceErf: number(/* glsl */ `
float sluiceErf(float x) {
  float a = abs(x);
  a = a > 4.0 ? 4.0 : a;
  if (a < 1.5) {
    float z = a * a;
    return x + x * (0.128379166 + z * (-0.376126319 + z * (0.112837121 + z * (-0.0268626511 + z * (0.00521606952 + z * (-0.000844672148
      + z * (0.000112688511 + z * (-0.0000112188864 + z * 6.08528183e-7))))))));
  }
  float s = a - 2.75;
  float y = 1.0 - (0.000100623743 + s * (-0.000586176699 + s * (0.00161216125 + s * (-0.00276222127 + s * (0.0032590651 + s * (-0.0027462577
    + s * (0.00165386521 + s * (-0.000667444081 + s * (0.0000952503832 + s * (0.0000947088483 + s * (-0.0000611032810
    + s * (0.00000327910902 + s * 0.00000435985294))))))))))));
  return x < 0.0 ? -y : y;
}`),
  /**
   * NaN is neither below nor from 0 on: GLSL ES 1.00 has no isnan, and x ≠ x may be optimised away. 0 is above −0, whose inverse is below 0:
   * their sum would do for a maximum, but compilers take x + 0 for x.
   */
  sluiceMax: number(
    /* glsl */ `
float sluiceMax(float x, float y) {
  if (!(x < 0.0 || x >= 0.0)) { return x; }
  if (!(y < 0.0 || y >= 0.0)) { return y; }
  if (x == 0.0 && y == 0.0) { return 1.0 / x < 0.0 ? y : x; }
  return x < y ? y : x;
}`,
    2,
  ),
  sluiceMin: number(
    /* glsl */ `
float sluiceMin(float x, float y) {
  if (!(x < 0.0 || x >= 0.0)) { return x; }
  if (!(y < 0.0 || y >= 0.0)) { return y; }
  if (x == 0.0 && y == 0.0) { return 1.0 / x < 0.0 ? x : y; }
  return y < x ? y : x;
}`,
    2,
  ),
  sluiceLess: number(
    /* glsl */ `
float sluiceLess(float x, float y) {
  return x < y ? 1.0 : 0.0;
}`,
    2,
  ),
  /** Towards 0, within 32 bits; NaN is 0. */
  sluiceWhole: number(/* glsl */ `
float sluiceWhole(float x) {
  if (x < 0.0) { return x < -2147483648.0 ? -2147483648.0 : -floor(-x); }
  if (x >= 0.0) { return x > 2147483648.0 ? 2147483648.0 : floor(x); }
  return 0.0;
}`),
  sluiceSelect: number(
    /* glsl */ `
float sluiceSelect(float test, float x, float y) {
  return test == 0.0 ? y : x;
}`,
    3,
  ),
} as const satisfies Readonly<Record<string, Helper>>;
