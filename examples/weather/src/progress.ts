// How training is doing: one line that rewrites itself on a terminal, some ten plain lines elsewhere.
import type { EpochLog, Progress } from "@sluice/nn";
import { count, type Stream } from "@sluice/example-common";

export interface Reporter {
  onProgress(progress: Progress): void;
  onEpochEnd(log: EpochLog): void;
  /** Leaves the cursor on a fresh line. */
  end(): void;
}

/** `announce` is called once, before the first line, with what runs the updates. */
export function reporter(stream: Stream, epochs: number, announce: (executor: string) => void): Reporter {
  const every = Math.ceil(epochs / 10);
  let latest: Progress | undefined;
  let last: EpochLog | undefined;
  let best: EpochLog | undefined;
  const show = (progress: Progress, plainly: boolean): void => {
    const all = parts(progress, last, best);
    if (stream.isTTY) stream.write(`\r${fit([...all, bar(progress)], (stream.columns ?? 80) - 1)}\u001B[K`); // K clears the rest
    else if (plainly) stream.write(`  ${all.join("  ")}\n`);
  };
  return {
    onProgress(progress) {
      if (latest === undefined) announce(progress.executor);
      latest = progress;
      show(progress, false);
    },
    onEpochEnd(log) {
      last = log;
      if (best === undefined || log["valMae"]! < best["valMae"]!) best = log;
      if (latest !== undefined) show(latest, log.epoch === 1 || log.epoch % every === 0 || log.epoch === epochs);
    },
    end() {
      if (latest !== undefined && stream.isTTY) stream.write("\n");
    },
  };
}

/** Most important first. */
function parts({ epoch, epochs, metrics, rate, etaSeconds }: Progress, last: EpochLog | undefined, best: EpochLog | undefined): string[] {
  return [
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    `training ${degrees(metrics["mae"])}`,
    ...(last === undefined ? [] : [`validation ${degrees(last["valMae"])}`]),
    ...(etaSeconds === undefined ? [] : [`${clock(etaSeconds)} left`]),
    `${count(rate)} windows/s`,
    ...(best === undefined ? [] : [`best ${degrees(best["valMae"])} in epoch ${best.epoch}`]),
  ];
}

/** As many of the parts as there is room for. */
function fit(all: readonly string[], columns: number): string {
  const kept = all.reduce((line, part) => (line.length + part.length + 2 <= columns ? `${line}  ${part}` : line), "");
  return kept.slice(0, columns);
}

function bar({ epoch, epochs, step, steps }: Progress): string {
  const length = 16;
  const filled = Math.round((length * (epoch - 1 + step / (steps ?? Infinity))) / epochs);
  return "━".repeat(filled) + "─".repeat(length - filled);
}

function degrees(value: number | undefined): string {
  return `${(value ?? Number.NaN).toFixed(3)} °C`;
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
