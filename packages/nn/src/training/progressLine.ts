// Progress as one line of text; printing it is the caller's business.
import type { Progress } from "./options.ts";

const bar = 20;

/** "epoch  3/20 [########------------]  80/200  loss 0.1234  mae 0.2100  12345 examples/s  0:12 left" */
export function progressLine({ epoch, epochs, step, steps, loss, metrics, rate, etaSeconds }: Progress): string {
  const done = Math.round((bar * step) / steps);
  const measures = Object.entries({ loss, ...metrics }).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return [
    `epoch ${pad(epoch, epochs)}/${epochs} [${"#".repeat(done)}${"-".repeat(bar - done)}] ${pad(step, steps)}/${steps}`,
    ...measures,
    `${Math.round(rate)} examples/s`,
    `${clock(etaSeconds)} left`,
  ].join("  ");
}

function pad(value: number, largest: number): string {
  return String(value).padStart(String(largest).length);
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
