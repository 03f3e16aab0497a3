// Rates as Keras 3.15.1 and PyTorch 2.13.0 give them in float64 (printed by their own schedules).
import type { SluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cosineDecay } from "./cosineDecay.ts";
import { cosineDecayRestarts } from "./cosineDecayRestarts.ts";
import { exponentialDecay } from "./exponentialDecay.ts";
import { inverseTimeDecay } from "./inverseTimeDecay.ts";
import { inverseSigmoidDecay } from "./inverseSigmoidDecay.ts";
import { linearDecay } from "./linearDecay.ts";
import { noam } from "./noam.ts";
import { oneCycle } from "./oneCycle.ts";
import { piecewiseConstantDecay } from "./piecewiseConstantDecay.ts";
import { polynomialDecay } from "./polynomialDecay.ts";
import type { Schedule } from "./schedule.ts";
import { warmUp } from "./warmUp.ts";

const initialLearningRate = 0.1;
const [ten, thirty] = [{ initialLearningRate, decaySteps: 10 }, { initialLearningRate, decaySteps: 30 }]; // prettier-ignore
const half = { ...ten, decayRate: 0.5 };

const steps = [0, 1, 4, 5, 6, 10, 11, 15, 16, 29, 30, 31, 35, 60];
const keras: readonly (readonly [title: string, schedule: Schedule, rates: readonly number[]])[] = [
  ["ExponentialDecay", exponentialDecay(half), [0.1, 0.09330329915368074, 0.0757858283255199, 0.07071067811865477, 0.06597539553864472, 0.05, 0.04665164957684037, 0.03535533905932738, 0.03298769776932236, 0.013397168281703665, 0.0125, 0.011662912394210093, 0.008838834764831846, 0.0015625]],
  ["ExponentialDecay by stairs, as PyTorch's StepLR", exponentialDecay({ ...half, staircase: true }), [0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025, 0.0125, 0.0125, 0.0125, 0.0015625]],
  ["InverseTimeDecay", inverseTimeDecay(half), [0.1, 0.09523809523809523, 0.08333333333333334, 0.08, 0.07692307692307693, 0.06666666666666667, 0.06451612903225806, 0.05714285714285715, 0.05555555555555556, 0.04081632653061224, 0.04, 0.03921568627450981, 0.03636363636363637, 0.025]],
  ["InverseTimeDecay by stairs", inverseTimeDecay({ ...half, staircase: true }), [0.1, 0.1, 0.1, 0.1, 0.1, 0.06666666666666667, 0.06666666666666667, 0.06666666666666667, 0.06666666666666667, 0.05, 0.04, 0.04, 0.04, 0.025]],
  ["PolynomialDecay", polynomialDecay(thirty), [0.1, 0.09667, 0.08668000000000001, 0.08335000000000001, 0.08002000000000001, 0.06670000000000001, 0.06337, 0.050050000000000004, 0.046720000000000005, 0.003429999999999999, 0.0001, 0.0001, 0.0001, 0.0001]],
  ["PolynomialDecay by a root", polynomialDecay({ ...ten, endLearningRate: 0.01, power: 0.5 }), [0.1, 0.09538149682454625, 0.0797137002317335, 0.07363961030678928, 0.06692099788303084, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]],
  ["PolynomialDecay in cycles", polynomialDecay({ ...ten, endLearningRate: 0.01, power: 2, cycle: true }), [0.1, 0.0829, 0.04240000000000001, 0.0325, 0.024400000000000005, 0.01, 0.028225, 0.015625, 0.0136, 0.0101, 0.01, 0.01455625, 0.01140625, 0.01]],
  ["PiecewiseConstantDecay", piecewiseConstantDecay({ boundaries: [5, 30], values: [1, 0.5, 0.1] }), [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1]],
  ["CosineDecay", cosineDecay(thirty), [0.1, 0.09972609476841367, 0.09567727288213004, 0.09330127018922195, 0.09045084971874738, 0.07500000000000001, 0.07033683215379002, 0.05, 0.04477357683661734, 0.0002739052315863355, 0, 0, 0, 0]],
  ["CosineDecay to a fifth", cosineDecay({ ...thirty, alpha: 0.2 }), [0.1, 0.09978087581473094, 0.09654181830570403, 0.09464101615137757, 0.09236067977499791, 0.08000000000000002, 0.07626946572303202, 0.06000000000000001, 0.05581886146929387, 0.02021912418526907, 0.020000000000000004, 0.020000000000000004, 0.020000000000000004, 0.020000000000000004]],
  ["CosineDecay after a warm-up", cosineDecay({ initialLearningRate: 0.01, decaySteps: 30, alpha: 0.1, warmupTarget: 0.2, warmupSteps: 5 }), [0.01, 0.04800000000000001, 0.16200000000000003, 0.2, 0.1995069705831446, 0.1879422863405995, 0.18281152949374527, 0.15500000000000003, 0.14660629787682203, 0.03718847050625475, 0.032057713659400515, 0.027780908812165918, 0.020000000000000004, 0.020000000000000004]],
  ["CosineDecayRestarts", cosineDecayRestarts({ initialLearningRate, firstDecaySteps: 10 }), [0.1, 0.09755282581475769, 0.06545084971874737, 0.05, 0.03454915028125263, 0.1, 0.0993844170297569, 0.08535533905932738, 0.07938926261462365, 0.0006155829702431171, 0.1, 0.0998458666866564, 0.09619397662556434, 0.014644660940672627]],
  ["CosineDecayRestarts, ever lower", cosineDecayRestarts({ initialLearningRate, firstDecaySteps: 5, tMul: 1.5, mMul: 0.8, alpha: 0.1 }), [0.1, 0.09140576474687263, 0.018594235253127374, 0.08200000000000002, 0.07888763647513364, 0.02800000000000001, 0.016875388202501885, 0.060862079961826576, 0.054904755619957515, 0.04592380449596603, 0.04216567780954218, 0.03809217950128929, 0.02152000000000001, 0.014782292750374832]],
  ["CosineDecayRestarts of one length", cosineDecayRestarts({ initialLearningRate, firstDecaySteps: 10, tMul: 1, mMul: 0.5 }), [0.1, 0.09755282581475769, 0.06545084971874737, 0.05, 0.03454915028125263, 0.05, 0.048776412907378844, 0.025, 0.017274575140626313, 0.0006117935463105823, 0.0125, 0.012194103226844711, 0.00625, 0.0015625]],
]; // prettier-ignore

test.each(keras)("%s has its rates", (_, schedule, rates) => {
  steps.forEach((step, i) => expect(schedule(step)).toBeCloseTo(rates[i]!, 14));
});

const cycle = { maxLearningRate: 0.5, totalSteps: 60 };
const cycleSteps = [0, 1, 5, 10, 16, 17, 18, 19, 30, 36, 45, 59];

test.each<readonly [title: string, schedule: Schedule, rates: readonly number[]]>([
  ["by cosines", oneCycle(cycle), [0.020000000000000018, 0.02408645607586357, 0.11536768726897845, 0.3256791176172999, 0.49591354392413645, 0.5, 0.49930095209149783, 0.49720771772545586, 0.3908304511958474, 0.2872614175017774, 0.12500150000000004, 2e-6]],
  ["in lines", oneCycle({ ...cycle, annealStrategy: "linear" }), [0.02, 0.04823529411764706, 0.16117647058823528, 0.3023529411764706, 0.4717647058823529, 0.5, 0.48809528571428573, 0.4761905714285714, 0.3452387142857143, 0.27381042857142857, 0.16666800000000004, 2.000000000002e-6]],
  ["in three phases", oneCycle({ ...cycle, threePhase: true }), [0.020000000000000018, 0.02408645607586357, 0.11536768726897845, 0.3256791176172999, 0.49591354392413645, 0.5, 0.49591354392413645, 0.48379333505704536, 0.08263785986704185, 0.019685863028125184, 0.011874625764542663, 2e-6]],
  ["in three lines", oneCycle({ ...cycle, threePhase: true, annealStrategy: "linear", divFactor: 10, finalDivFactor: 100, pctStart: 0.25 }), [0.05, 0.08214285714285714, 0.21071428571428574, 0.37142857142857144, 0.4357142857142857, 0.4035714285714286, 0.37142857142857144, 0.3392857142857143, 0.04680645161290323, 0.03722580645161291, 0.022854838709677423, 0.0005000000000000004]],
])("OneCycleLR %s has PyTorch's rates", (_, schedule, rates) => {
  cycleSteps.forEach((step, i) => expect(schedule(step)).toBeCloseTo(rates[i]!, 14));
  expect(schedule(1e6)).toBeCloseTo(rates.at(-1)!, 14);
}); // prettier-ignore

test("a cycle that rises in no step, in one, and in all of them, is in 0 … its largest rate", () => {
  for (const annealStrategy of ["cosine", "linear"] as const)
    for (const [pctStart, totalSteps] of [
      [0, 10],
      [0.1, 10],
      [1, 10],
      [0.5, 1],
    ] as const)
      // prettier-ignore
      for (let step = 0; step < 12; step++) {
        const rate = oneCycle({ maxLearningRate: 1, totalSteps, pctStart, annealStrategy })(step);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(1);
      }
});

test("a warm-up rises in a line to what comes after it, and composes with any schedule", () => {
  const decay = exponentialDecay(half);
  const schedule = warmUp({ steps: 4, from: 0.02, to: decay });
  expect([0, 1, 2, 3].map(schedule)).toEqual([0.02, 0.04, 0.06, 0.08].map((rate) => expect.closeTo(rate, 14)));
  for (const step of [4, 5, 20]) expect(schedule(step)).toBe(decay(step - 4));
  expect(warmUp({ steps: 2, to: 0.5 })(1)).toBe(0.25);
  expect(warmUp({ steps: 2, to: 0.5 })(9)).toBe(0.5);
});

test("noam rises in a line, and falls by the root of the steps (Vaswani et al. 2017, equation 3)", () => {
  const schedule = noam({ modelDim: 512 });
  const rate = (t: number): number => 512 ** -0.5 * Math.min(t ** -0.5, t * 4000 ** -1.5);
  for (const t of [1, 2, 3999, 4000, 4001, 1e5]) expect(schedule(t - 1)).toBeCloseTo(rate(t), 14);
  expect(noam({ modelDim: 512, scale: 2 })(3999)).toBeCloseTo(0.0013975424859373686, 14); // 2 (512 · 4000)^-½
});

test("a line ends where it is told to, and an inverse sigmoid is k / (k + exp(i/k)) (Bengio et al. 2015)", () => {
  const line = linearDecay({ from: 0.5, to: -1, steps: 4 });
  expect([0, 1, 2, 3, 4, 9].map(line)).toEqual([0.5, 0.125, -0.25, -0.625, -1, -1]);
  expect(linearDecay({ steps: 2 })(1)).toBe(0.5);
  const share = inverseSigmoidDecay({ k: 40 });
  for (const step of [0, 1, 80, 148, 300]) expect(share(step)).toBeCloseTo(40 / (40 + Math.exp(step / 40)), 14);
  expect(share(1e9)).toBe(0);
  expect(inverseSigmoidDecay({ k: 1 })(0)).toBe(0.5);
});

test("a restart is where the periods before it end, whatever their lengths", () => {
  const anyRestarts = fc.record({ first: fc.integer({ min: 1, max: 50 }), longer: fc.constantFrom(1, 2, 3), restarts: fc.nat({ max: 8 }) });
  fc.assert(
    fc.property(anyRestarts, ({ first, longer, restarts }) => {
      const schedule = cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: first, tMul: longer, mMul: 0.5 });
      const at = Array.from({ length: restarts }, (_, i) => first * longer ** i).reduce((sum, length) => sum + length, 0);
      expect(schedule(at)).toBe(0.5 ** restarts);
      if (at > 1 && first > 1) expect(schedule(at - 1)).toBeLessThan(0.5 ** (restarts - 1));
    }),
    { numRuns: 50 },
  );
});

test("numbers out of range are refused, in options and in steps", () => {
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>);
  const wrong: readonly (() => unknown)[] = [
    ...[() => exponentialDecay({ ...half, decaySteps: 0 }), () => exponentialDecay({ ...half, decayRate: Number.NaN })],
    ...[() => inverseTimeDecay({ ...half, decayRate: -1 }), () => polynomialDecay({ ...ten, power: 0 })],
    ...[
      () => piecewiseConstantDecay({ boundaries: [5], values: [1] }),
      () => piecewiseConstantDecay({ boundaries: [5, 5], values: [1, 1, 1] }),
    ],
    ...[() => cosineDecay({ ...ten, alpha: 2 }), () => cosineDecayRestarts({ initialLearningRate, firstDecaySteps: 10, tMul: 0.5 })],
    ...[() => oneCycle({ ...cycle, pctStart: 0.6, threePhase: true }), () => oneCycle({ ...cycle, divFactor: 0 })],
    ...[() => warmUp({ steps: 0, to: 1 }), () => warmUp({ steps: 2, to: () => -1 })(0), () => noam({ modelDim: 0 })],
    ...[() => linearDecay({ steps: 0 }), () => inverseSigmoidDecay({ k: 0.5 }), () => linearDecay({ steps: 1, to: Infinity })],
    ...[() => exponentialDecay(half)(-1), () => cosineDecay(ten)(0.5), () => exponentialDecay({ ...half, decayStep: 1 } as never)],
  ];
  for (const make of wrong) expect(make).toThrow(refused);
});
