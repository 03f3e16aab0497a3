import { expect, test } from "vitest";
import { ridge } from "./ridge.ts";
import { steps, type Windows } from "./windows.ts";

const features = 2;

test("the change follows a line through the last day: the last day alone is read, and the line is found", () => {
  const law = (x: Float32Array): number => 3 + 2 * x.at(-2)! - x.at(-1)!;
  const found = ridge(sample(400, law), sample(100, law));
  expect(found).toMatchObject({ days: 1, penalty: 10 });
  const fresh = sample(20, law);
  found.predict(fresh).forEach((value, i) => expect(value).toBeCloseTo(fresh.y.data[i]!, 0));
});

test("the weights are where the squared error and the penalty balance: Xᵀ(y − Xw) = penalty · w", () => {
  const train = sample(300, (x) => Math.sin(5 * x.at(-1)!) + x.at(-4)! * x.at(-2)!);
  const { days, penalty, predict } = ridge(train, train);
  const inputs = steps * features;
  const [rest = 0, ...moved] = predict(windowsOf([new Float32Array(inputs), ...Array.from({ length: inputs }, (_, i) => unit(i, inputs))]));
  const errors = predict(train).map((value, n) => train.y.data[n]! - value);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  expect(mean).toBeCloseTo(0, 9);
  for (let i = inputs - days * features; i < inputs; i++) {
    const pull = errors.reduce((sum, error, n) => sum + error * train.x.data[n * inputs + i]!, 0);
    expect(pull).toBeCloseTo(penalty * (moved[i]! - rest), 6);
  }
});

/** Inputs spread evenly in 0 … 1, of mean ½, as of a generator with a fixed start (Lehmer 1951). */
function sample(count: number, law: (x: Float32Array) => number): Windows {
  let state = count;
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const rows = Array.from({ length: count }, () => Float32Array.from({ length: steps * features }, next));
  return windowsOf(rows, rows.map(law));
}

function windowsOf(rows: readonly Float32Array[], y: readonly number[] = rows.map(() => 0)): Windows {
  return {
    x: { dtype: "f32", shape: [rows.length, steps, features], data: Float32Array.from(rows.flatMap((row) => [...row])) },
    y: { dtype: "f32", shape: [rows.length, 1], data: Float32Array.from(y) },
  };
}

function unit(at: number, length: number): Float32Array {
  return new Float32Array(length).fill(1, at, at + 1);
}
