// Progress as one line of text; printing it is the caller's business.
import { anyNumber, count, size, text } from "@sluice/core/arguments";
import { recordOf } from "../options/rules.ts";
import { given, optional, required, type Table } from "../options/table.ts";
import type { Progress } from "../model/options.ts";

const bar = 20;

export const progressTable = {
  epoch: required(size),
  epochs: required(size),
  step: required(count),
  steps: optional(size),
  loss: required(anyNumber),
  metrics: required(recordOf(anyNumber)),
  rate: required(anyNumber),
  etaSeconds: optional(anyNumber),
  executor: required(text),
} satisfies Table<Progress>;

/**
 * "epoch  3/20 [########------------]  80/200  loss 0.1234  mae 0.2100  12345 examples/s  0:12 left"; of a stream whose length nobody knows yet "epoch  1/20 80  loss …".
 *
 * Throws INVALID_ARGUMENT for what is no progress, as `onProgress` gets it.
 */
export function progressLine(progress: Progress): string {
  const { epoch, epochs, step, steps, loss, metrics, rate, etaSeconds } = given("progressLine", progressTable, progress);
  const done = steps === undefined ? 0 : Math.min(bar, Math.round((bar * step) / steps));
  const measures = Object.entries({ loss, ...metrics }).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return [
    `epoch ${pad(epoch, epochs)}/${epochs} ${steps === undefined ? step : `[${"#".repeat(done)}${"-".repeat(bar - done)}] ${pad(step, steps)}/${steps}`}`,
    ...measures,
    `${Math.round(rate)} examples/s`,
    ...(etaSeconds === undefined ? [] : [`${clock(etaSeconds)} left`]),
  ].join("  ");
}

function pad(value: number, largest: number): string {
  return String(value).padStart(String(largest).length);
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
