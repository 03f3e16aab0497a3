// The example as a story: a network learns dates, is tested on days that it never saw, and is kept to be asked.
import { join } from "node:path";
import type { Backend } from "@sluice/core";
import { backendNames, claimFolder, count, oneOf, openBackend, positive, whole, writeWhole } from "@sluice/example-common";
import type { BackendName, Command, Outcome } from "@sluice/example-common";
import { plain } from "./forms.ts";
import { datesReport, type Spent } from "./report/datesReport.ts";
import { samples } from "./samples.ts";
import { load, save, filesOf } from "./saved.ts";
import { percent, share } from "./scores.ts";
import { tested, type Tested } from "./tested.ts";
import { train } from "./training.ts";
import { translate } from "./translator.ts";

export interface Options {
  readonly translate: string;
  readonly texts: number;
  readonly epochs: number;
  readonly units: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly beams: number;
  readonly testOfEach: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly out: string;
}

export const command: Command<Options> = {
  name: "dates",
  description:
    "Dates as 28 locales write them, translated into ISO 8601: an encoder and a decoder with attention learn it character by character, and are tested on days that they never saw.",
  options: {
    translate: {
      value: "TEXT",
      initial: "",
      help: "a date that the trained network is asked for; nothing is trained",
      parse: (text) => text,
    },
    texts: whole(32_000, "so many to learn from"),
    epochs: whole(4, "so often"),
    units: whole(48, "width of the encoder, each way; the decoder is twice as wide"),
    batchSize: whole(64, "texts of an update"),
    learningRate: positive(0.01, "the largest; it rises to it and falls"),
    beams: whole(1, "translations that are followed at a time"),
    testOfEach: whole(40, "texts of each locale and style that are tested"),
    seed: whole(1, "of the texts, the weights and their order"),
    backend: oneOf(backendNames, "workers", "what computes"),
    out: { value: "FOLDER", initial: "out/dates", help: "where the report and the network go", parse: (text) => text },
  },
  async run(options, outcome) {
    const isAsked = options.translate !== "";
    if (!isAsked) await claimFolder(options.out);
    const backend = await openBackend(options.backend);
    try {
      return await (isAsked ? answer(backend, options, outcome) : learn(backend, options, outcome));
    } finally {
      await backend.close();
    }
  },
};

async function answer(backend: Backend, { translate: text, beams, out }: Options, { stdout }: Outcome): Promise<number> {
  const { trainer, vocabularies } = await load(out, backend);
  try {
    const [found] = await translate(trainer, [plain(text)], vocabularies, beams);
    stdout.write(`${found?.date ?? ""}\n`);
    return 0;
  } finally {
    trainer.dispose();
  }
}

async function learn(backend: Backend, options: Options, { stdout, signal }: Outcome): Promise<number> {
  const { out, testOfEach, beams } = options;
  const all = samples();
  stdout.write(`${count(options.texts)} texts of ${count(all.days.train.length)} days, in ${all.forms.length} forms\n`);
  const [began, used] = [performance.now(), process.cpuUsage()];
  const trained = await train(backend, all, {
    ...{ ...options, signal },
    onEpoch: ({ epoch, valLoss = Number.NaN, valNextAccuracy = Number.NaN }) =>
      stdout.write(`  epoch ${epoch}  loss ${valLoss.toFixed(4)}  ${(100 * valNextAccuracy).toFixed(2)} % of characters, on validation\n`),
  });
  const { user, system } = process.cpuUsage(used);
  const spent = { seconds: (performance.now() - began) / 1000, processorSeconds: (user + system) / 1e6 };
  try {
    if (trained.history.epochs.length === 0) return 130;
    await save(out, trained.trainer, trained.vocabularies);
    const result = await tested(trained, all, { testOfEach, beams });
    const path = join(out, "report.html");
    await writeWhole(path, datesReport(result, trained, { ...options, ...spent }));
    stdout.write(told(result, { ...spent, path, model: filesOf(out).model }));
    return signal.aborted ? 130 : 0;
  } finally {
    trained.trainer.dispose();
  }
}

function told(
  { test, network, numbers, frequent }: Tested,
  { seconds, processorSeconds, path, model }: Spent & { readonly path: string; readonly model: string },
): string {
  const lines = [
    `${count(test.length)} texts of days that nobody learnt, exactly right:`,
    `  network            ${percent(network.all)}   after ${seconds.toFixed(0)} s of training, ${processorSeconds.toFixed(0)} s of processor time`,
    `  numbers by a rule  ${percent(numbers.all)}`,
    `  most frequent      ${percent(frequent)}`,
  ];
  const weakest = [...network.byForm].filter(([, counted]) => share(counted) < 1).toSorted(([, a], [, b]) => share(a) - share(b));
  if (weakest.length > 0) lines.push(`  weakest: ${weakest.slice(0, 3).map(([form, counted]) => `${form} ${percent(counted)}`).join(", ")}`); // prettier-ignore
  return `${lines.join("\n")}\n\n  ${path}  the same by locale, and where it looked\n  ${model}  what --translate asks\n`;
}
