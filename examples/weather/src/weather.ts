// The job as a story: claim the folder, prepare the days, train, forecast the test days, compare, write it down.
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import type { Trainer } from "@sluice/nn";
import { saveModel } from "@sluice/nn/node";
import { claimFolder, openBackend, writeWhole, type Stream } from "@sluice/example-common";
import { baselineScores, validationPersistence } from "./baselines.ts";
import { loadDays } from "./data.ts";
import { cellTitles } from "./model.ts";
import { helpText, parseOptions, type Options } from "./options.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { reporter } from "./progress.ts";
import { report } from "./report/report.ts";
import type { Results } from "./results.ts";
import { score } from "./scores.ts";
import { plan, running, verdict, whereabouts } from "./summary.ts";
import { compileForecaster, forecastTest, parameterCount, train } from "./training.ts";
import { maxima } from "./windows.ts";

export interface Surroundings {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Ends the training; what was best until then is kept. */
  readonly signal: AbortSignal;
}

/** Resolves to the exit code: 0, 1 where the job failed, 2 for arguments that it does not take, 130 where it was interrupted. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options !== "help") return await forecastWeather(options, surroundings);
    surroundings.stdout.write(helpText());
    return 0;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    surroundings.stderr.write(`${error}\n`);
    return error.who === "weather.options" ? 2 : 1;
  }
}

async function forecastWeather(options: Options, surroundings: Surroundings): Promise<number> {
  const files = { model: join(options.out, "model.safetensors"), report: join(options.out, "report.html") };
  await claimFolder(options.out);
  const data = prepare(await loadDays());
  const backend = await openBackend(options.backend);
  try {
    const trainer = await compileForecaster(options, backend);
    const results = await trainAndTest(trainer, data, options, surroundings);
    if (results === undefined) return interrupted(surroundings);
    await saveModel(files.model, trainer);
    await writeWhole(files.report, report(results));
    surroundings.stdout.write(verdict(surroundings.stdout, results) + whereabouts(files));
    return surroundings.signal.aborted ? 130 : 0;
  } finally {
    await backend.close();
  }
}

/** Undefined where it was interrupted before there was a best epoch. */
async function trainAndTest(
  trainer: Trainer,
  data: Prepared,
  options: Options,
  { stdout, signal }: Surroundings,
): Promise<Results | undefined> {
  const parameters = await parameterCount(trainer);
  stdout.write(plan(stdout, data, options, parameters));
  const watch = reporter(stdout, options.epochs, (executor) => stdout.write(running(options, executor)));
  const began = performance.now();
  const history = await train(trainer, data, options, { reporter: watch, signal });
  const seconds = (performance.now() - began) / 1000;
  if (history.best === undefined) return undefined;
  const forecast = await forecastTest(trainer, data);
  const model = score(
    cellTitles[options.cell],
    `the best epoch on validation, ${history.best.epoch}`,
    forecast,
    maxima(data.days, data.parts.test),
  );
  const beside = { validationPersistence: validationPersistence(data), baselines: baselineScores(data) };
  return { options, data, parameters, history, seconds, forecast, model, ...beside };
}

function interrupted({ stdout }: Surroundings): number {
  stdout.write("\nStopped before the first epoch was over: there is no model to save.\n");
  return 130;
}
