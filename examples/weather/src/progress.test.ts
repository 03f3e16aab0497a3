import type { EpochLog, Progress } from "@sluice/nn";
import { expect, test } from "vitest";
import { reporter } from "./progress.ts";

const epochs = 40;

test("on a terminal one line rewrites itself and never wraps", () => {
  for (const columns of [20, 60, 200]) {
    const text = run({ isTTY: true, columns });
    expect(text.match(/\n/g)).toHaveLength(1);
    for (const line of text.replaceAll("\u001B[K", "").split("\r")) expect(line.trimEnd().length).toBeLessThan(columns);
  }
  expect(run({ isTTY: true, columns: 200 })).toContain(
    "epoch 40/40  training 1.975 °C  validation 2.075 °C  0 s left  1,234 windows/s  best 2.075 °C in epoch 40  ━━",
  );
});

test("elsewhere it is the first epoch and every tenth part, in plain lines", () => {
  const lines = run({}).trimEnd().split("\n");
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe(
    "  epoch  1/40  training 2.950 °C  validation 3.050 °C  1 min 18 s left  1,234 windows/s  best 3.050 °C in epoch 1",
  );
  expect(lines.at(-1)).toMatch(/^ {2}epoch 40\/40 /);
  for (const control of ["\r", "\u001B"]) expect(lines.join()).not.toContain(control);
});

test("what runs is announced once, before the first line", () => {
  const announced: string[] = [];
  run({}, (executor) => announced.push(executor));
  expect(announced).toEqual(["interpreter"]);
});

function run(kind: { isTTY?: boolean; columns?: number }, announce: (executor: string) => void = () => {}): string {
  let text = "";
  const watch = reporter({ ...kind, write: (more) => (text += more) }, epochs, announce);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const [mae, valMae] = [3 - epoch / epochs - 0.025, 3.1 - epoch / epochs - 0.025];
    const progress: Progress = {
      epoch,
      epochs,
      step: 31,
      steps: 31,
      loss: 9,
      metrics: { mae },
      rate: 1234.4,
      etaSeconds: 2 * (epochs - epoch),
      executor: "interpreter",
    };
    watch.onProgress(progress);
    watch.onEpochEnd({ epoch, loss: 9, mae, valLoss: 9, valMae, examplesPerSecond: 1234 } satisfies EpochLog);
  }
  watch.end();
  return text;
}
