// The line of a terminal: it rewrites itself, fits, and leaves one line for each epoch; elsewhere there is none.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test, vi } from "vitest";
import { dense } from "../layers/dense.ts";
import type { FitOptions } from "../model/model.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { terminalProgress, type Terminal } from "./terminal.ts";

const backend = await open();
afterAll(() => backend.close());
const data = { x: Array.from({ length: 6 }, (_, i) => [i / 6]), y: Array.from({ length: 6 }, (_, i) => i / 6) };
const fit = async (options: Partial<FitOptions>) => {
  const trainer = await sequential([dense({ units: 1 })]).compile({ backend, optimizer: sgd(), loss: "mse" });
  return trainer.fit(data, { epochs: 2, batchSize: 2, validationData: data, ...options });
};

/** What stands on the screen after it was written to, by lines. */
function screen(columns: number): Terminal & { readonly lines: string[]; readonly longest: () => number } {
  const lines = [""];
  let longest = 0;
  return {
    ...{ isTTY: true, columns, lines, longest: () => longest },
    write(text) {
      for (const piece of text.replaceAll("\u001B[K", "").match(/\r|\n|[^\r\n]+/g) ?? []) {
        if (piece === "\r") lines[lines.length - 1] = "";
        else if (piece === "\n") lines.push("");
        else lines[lines.length - 1] += piece;
        if (!text.endsWith("\n")) longest = Math.max(longest, lines.at(-1)?.length ?? 0);
      }
    },
  };
}

test("a terminal shows one line for each epoch that is over, with its validation, and the cursor ends on a fresh one", async () => {
  const shown = screen(40);
  const { epochs } = await fit({ callbacks: [terminalProgress("auto", shown)!] });
  expect(shown.lines).toHaveLength(3);
  epochs.forEach(({ loss, valLoss }, i) => {
    expect(shown.lines[i]).toMatch(
      new RegExp(`^epoch ${i + 1}/2  loss ${loss.toFixed(4)}  valLoss ${valLoss?.toFixed(4)}  \\d+ examples/s$`),
    );
  });
  expect(shown.lines.at(-1)).toBe("");
  expect(shown.longest()).toBeLessThan(40);
});

test("an error ends the line", async () => {
  const shown = screen(80);
  const broken = {
    name: "broken",
    onTrainBatchEnd: ({ step }: { step: number }) => (step === 2 ? Promise.reject(new Error("no")) : undefined),
  };
  await expect(fit({ callbacks: [terminalProgress("auto", shown)!, broken] })).rejects.toThrow("no");
  expect(shown.lines.at(-1)).toBe("");
});

test("what is no terminal shows nothing, unless it is asked for lines", async () => {
  const pipe: Terminal = { write: () => expect.unreachable() };
  expect(terminalProgress("auto", pipe)).toBeUndefined();
  expect(terminalProgress("auto", undefined)).toBe(terminalProgress(false, screen(80)));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await fit({ verbose: true });
  expect(log).toHaveBeenCalledTimes(2);
  expect(log.mock.calls[0]?.[0]).toMatch(/^epoch 1\/2 {2}loss /);
  log.mockRestore();
});

test("in a terminal fit shows it by itself, and not where it is told not to or somebody else looks on", async () => {
  const { stderr } = process;
  const shown = screen(80);
  Object.defineProperty(process, "stderr", { value: shown, configurable: true });
  try {
    await fit({ verbose: false });
    await fit({ onProgress: () => {} });
    await fit({ callbacks: [{ name: "other", onProgress: () => {} }] });
    expect(shown.lines).toEqual([""]);
    await fit({});
    expect(shown.lines).toHaveLength(3);
  } finally {
    Object.defineProperty(process, "stderr", { value: stderr, configurable: true });
  }
});
