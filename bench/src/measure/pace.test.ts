import { expect, test } from "vitest";
import { pace } from "./pace.ts";

function watched(total: number) {
  const clock = { time: 5000 };
  return { clock, pace: pace(total, () => clock.time) };
}

test("steps that take what was expected leave what is expected of the others", () => {
  const { clock, pace: going } = watched(1000);
  for (let step = 0; step < 4; step++) {
    going.begin(100);
    clock.time += 100;
  }
  going.begin(100);
  expect(going.left()).toBe(600);
  expect(going.share()).toBe(0.4);
});

test("steps that take three times as long leave three times as long", () => {
  const { clock, pace: going } = watched(1000);
  going.begin(500);
  clock.time += 1500;
  going.begin(100);
  expect(going.left()).toBe(1500);
});

test("nothing is promised before something is known, and nothing is left in the end", () => {
  const { clock, pace: going } = watched(1000);
  going.begin(10);
  expect(going.left()).toBeUndefined();
  clock.time += 300;
  going.reach(1000); // most steps were not needed
  expect([going.left(), going.share()]).toEqual([0, 1]);
});
