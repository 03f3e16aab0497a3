// Six updates of three weights, as Keras 3.15.1 and PyTorch 2.13.0 make them in float64 (the figures are printed by their own optimizers).
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { updates } from "../testing/updating.ts";
import { inverseTimeDecay } from "../schedules/inverseTimeDecay.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamW } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { ftrl } from "./ftrl.ts";
import { lamb } from "./lamb.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

const backend = await open();
const start = [1, -2, 0.5];
const gradients = [[0.5, -1.25, 0], [-0.75, 0.5, 0], [2, 0.25, -1.5], [0, -3, 0.125], [1, 1, 1], [-0.25, 0.75, -2]]; // prettier-ignore

const learningRate = 0.05;
const moments = { learningRate, beta1: 0.8, beta2: 0.95, epsilon: 1e-2 };
const mean = { learningRate, rho: 0.8, epsilon: 1e-3 };
const all = { learningRatePower: -0.4, initialAccumulatorValue: 0.2, l1RegularizationStrength: 0.1, l2RegularizationStrength: 0.2, l2ShrinkageRegularizationStrength: 0.05, beta: 0.3 }; // prettier-ignore

type Row = readonly [title: string, optimizer: Optimizer, weights: readonly number[]];

const keras: readonly Row[] = [
  ["sgd, Nesterov, decay", sgd({ learningRate, momentum: 0.9, nesterov: true, weightDecay: 0.1 }), [0.4987032924711014, -1.4800922193164179, 0.8229375837406327]],
  ["rmsprop", rmsprop(mean), [0.8402663951228959, -1.920098282071682, 0.6215415640481895]],
  ["rmsprop, centered, momentum, decay", rmsprop({ ...mean, momentum: 0.7, centered: true, weightDecay: 0.1 }), [0.508538062482692, -1.6072322360768987, 0.7507741370331666]],
  ["adagrad", adagrad({ learningRate, epsilon: 1e-3 }), [0.9364767118723839, -1.9582692111683162, 0.5544450204097024]],
  ["adadelta", adadelta({ ...mean, learningRate: 1 }), [0.8421543085831162, -1.9783368342142054, 0.590120359506157]],
  ["adam", adam(moments), [0.8734280385175501, -1.8846909895315942, 0.5763833522121244]],
  ["adam, amsgrad", adam({ ...moments, beta2: 0.7, amsgrad: true }), [0.8847843847678859, -1.89086891713459, 0.5653648858578036]],
  ["adamW", adamW(moments), [0.8722929278087633, -1.882369261624454, 0.5757547101724729]],
  ["adamax", adamax(moments), [0.9055775915768953, -1.9085327330476431, 0.5442478439723429]],
  ["nadam", nadam(moments), [0.8951800022758352, -1.9353852530868438, 0.5805741193931357]],
  ["lion", lion({ learningRate, beta1: 0.8, beta2: 0.95 }), [0.7999999999999998, -2.0999999999999996, 0.6000000000000001]],
  ["lion, decay", lion({ learningRate, beta1: 0.8, beta2: 0.95, weightDecay: 0.1 }), [0.7721125529814218, -2.040492549837687, 0.584191248428133]],
  ["ftrl", ftrl({ learningRate }), [0.40190957956048823, -1.4677491060191228, 0.054453020922026286]],
  ["ftrl, all of its options", ftrl({ learningRate, ...all }), [0.12451544715853143, -0.8677028565704328, 0.048454026379415364]],
  ["lamb", lamb(moments), [0.7231606033200173, -1.6982188752763245, 0.7068846494974425]],
  ["lamb, decay", lamb({ ...moments, weightDecay: 0.1 }), [0.7017351693112363, -1.647904911438062, 0.6859414311582575]],
]; // prettier-ignore

const defaults: readonly Row[] = [
  ["sgd", sgd(), [0.9749999999999999, -1.9825, 0.52375]],
  ["rmsprop", rmsprop(), [0.9955315853501083, -1.9974955487510349, 0.5034786218758637]],
  ["adagrad", adagrad(), [0.9987286413572282, -1.999165211569417, 0.5010890604024347]],
  ["adadelta", adadelta(), [0.9999968114132759, -1.9999993161374736, 0.5000018321289511]],
  ["adam", adam(), [0.997375098736181, -1.9974713605602288, 0.5015484445138867]],
  ["adamW", adamW(), [0.9973511265355005, -1.997423394185117, 0.5015364330588672]],
  ["adamax", adamax(), [0.9981664043917555, -1.9980951207945714, 0.5008466978191493]],
  ["nadam", nadam(), [0.9981422286354973, -1.9988066707350376, 0.5014273047270008]],
  ["lion", lion(), [0.998, -2.002, 0.502]],
  ["ftrl", ftrl(), [0.46420615744285804, -1.5086537399641688, 0.0010890604184405257]],
  ["lamb", lamb(), [0.9936514842708005, -1.9928651068882886, 0.5047001630954994]],
]; // prettier-ignore

const torch: readonly Row[] = [
  ["SGD", sgd({ learningRate, momentum: 0.9, nesterov: true }), [0.5240238500000001, -1.5331640625000003, 0.8401387499999999]],
  ["RMSprop", rmsprop({ ...mean, epsilonAt: "root" }), [0.8398029211999486, -1.9201284437852277, 0.6214858124842484]],
  ["RMSprop, centered, momentum", rmsprop({ ...mean, momentum: 0.7, centered: true, epsilonAt: "root" }), [0.5301851801444292, -1.6611540784277006, 0.7680397548758572]],
  ["Adagrad", adagrad({ learningRate, initialAccumulatorValue: 0, epsilon: 1e-3, epsilonAt: "root" }), [0.9305172957240505, -1.957381192326865, 0.5552492489769023]],
  ["Adagrad, lr_decay", adagrad({ learningRate: inverseTimeDecay({ initialLearningRate: learningRate, decaySteps: 1, decayRate: 0.1 }), initialAccumulatorValue: 0, epsilon: 1e-10, epsilonAt: "root" }), [0.938458084294433, -1.956952270132963, 0.543442080457861]],
  ["Adadelta", adadelta({ ...mean, learningRate: 1 }), [0.8421543085831162, -1.9783368342142054, 0.590120359506157]],
  ["Adam", adam({ ...moments, epsilonAt: "correctedRoot" }), [0.8697385056910822, -1.8825869359125837, 0.577545101781157]],
  ["Adam, amsgrad", adam({ ...moments, beta2: 0.7, amsgrad: true, epsilonAt: "correctedRoot" }), [0.8840054048908909, -1.89044983573306, 0.5654691041965226]],
  ["AdamW", adamW({ ...moments, epsilonAt: "correctedRoot" }), [0.8686064852219808, -1.880266964632072, 0.5769159375348007]],
  ["NAdam", nadam({ ...moments, momentumDecay: 0.004 }), [0.8964536118770358, -1.9396075719139088, 0.5827756848808301]],
]; // prettier-ignore

test.each([
  ...keras.map(([title, ...row]) => [`Keras's ${title}`, ...row] as const),
  ...defaults.map(([title, ...row]) => [`Keras's ${title}, nothing said,`, ...row] as const),
  ...torch.map(([title, ...row]) => [`PyTorch's ${title}`, ...row] as const),
])("%s comes to the same weights", async (_, optimizer, weights) => {
  const got = await updates(backend, optimizer, start, gradients);
  got.forEach((weight, i) => expect(weight).toBeCloseTo(weights[i]!, 12));
});

test("what epsilon is added to of Adam matters where both betas are as they are by default", async () => {
  const [atRoot, atCorrected] = [
    await updates(backend, adam({ learningRate, epsilon: 1e-2 }), start, gradients),
    await updates(backend, adam({ learningRate, epsilon: 1e-2, epsilonAt: "correctedRoot" }), start, gradients),
  ];
  expect(atRoot[0]).toBeCloseTo(0.8962216440255124, 12); // Keras
  expect(atCorrected[0]).toBeCloseTo(0.8703834102869349, 12); // PyTorch
});
