import type { Instruction, UnaryOp } from "@sluice/core";
import { expect, test } from "vitest";
import { stagesOf } from "./stageBody.ts";

const load = (input: number): Instruction => ({ op: "load", input });
const apply = (op: UnaryOp, x: number): Instruction => ({ op, x });
const varying = (): boolean => false;

test("each stage has one long function of a chain, as late as it may be", () => {
  // h = σ(o)·tanh(c), c = σ(f)·tanh(g): only tanh(c) waits, and σ(o) may come with it.
  const body: Instruction[] = [
    ...[load(0), load(1), load(2)],
    ...[apply("sigmoid", 0), apply("tanh", 1), { op: "mul", x: 3, y: 4 } as const],
    ...[apply("sigmoid", 2), apply("tanh", 5), { op: "mul", x: 6, y: 7 } as const],
  ];
  const { count, stage } = stagesOf(body, [8, 5], varying);
  expect(count).toBe(2);
  expect(stage).toEqual([0, 0, 1, 0, 0, 0, 1, 1, 1]);
});

test("what is the same along a row belongs to no stage, and makes none", () => {
  const body: Instruction[] = [load(0), apply("exp", 0), apply("log", 1), load(1), { op: "mul", x: 2, y: 3 }];
  const { count, stage } = stagesOf(body, [4], (input) => input === 0);
  expect(count).toBe(1);
  expect(stage).toEqual([-1, -1, -1, 0, 0]);
});

test("what nobody needs makes no stage", () => {
  const body: Instruction[] = [load(0), apply("tanh", 0), apply("tanh", 1), apply("neg", 0)];
  expect(stagesOf(body, [3], varying).count).toBe(1);
});
