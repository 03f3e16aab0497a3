// The example as a story: what is to be beaten, a network that learns, what it comes to and what it writes; or a network that was trained, served as a page.
import { once } from "node:events";
import { join } from "node:path";
import { random, type Backend } from "@sluice/core";
import { aligned, backendNames, claimFolder, countOf, openBackend, oneOf, positive, whole, writeWhole } from "@sluice/example-common";
import type { BackendName, Command, Outcome } from "@sluice/example-common";
import { chapters, mobyDick, type Book } from "./book/mobyDick.ts";
import { compare } from "./comparison.ts";
import type { KneserNey } from "./contenders/kneserNey.ts";
import { folderOf, networkBits, networkNames, train, trained, type Look } from "./contenders/network.ts";
import { rowsOf, textReport } from "./report/textReport.ts";
import type { Results } from "./results.ts";
import { serve } from "./serve/serve.ts";
import { written } from "./writing.ts";

interface Options {
  readonly network: (typeof networkNames)[number];
  readonly units: number;
  readonly epochs: number;
  readonly minutes: number | undefined;
  readonly seed: number;
  readonly chapters: number;
  readonly prompt: string;
  readonly letters: number;
  readonly serve: number | undefined;
  readonly backend: BackendName;
  readonly out: string;
}

export const command: Command<Options> = {
  name: "text",
  description:
    "A network learns Moby-Dick letter by letter, beside Kneser–Ney n-grams, brotli and gzip. What it learnt is kept: the same command again goes on, and --serve lets it write to a page.",
  options: {
    network: oneOf(networkNames, "gru", "which kind"),
    units: whole(256, "its width"),
    epochs: whole(8, "so many in all, those of earlier calls counted"),
    minutes: { ...positive(1, "train so many more instead, however many epochs that is"), initial: undefined },
    seed: whole(1, "of weights and what is written"),
    chapters: { value: "N", initial: chapters, help: `only the first N of ${chapters}, at least 10`, parse: whole(chapters, "", 10).parse },
    prompt: { value: "TEXT", initial: "The whale ", help: "what it goes on from", parse: (text) => text },
    letters: whole(600, "of each sample"),
    serve: { value: "PORT", initial: undefined, help: "do not train: a page on which it writes", parse: whole(0, "", 0).parse },
    backend: oneOf(backendNames, "workers", "what computes"),
    out: { value: "FOLDER", initial: "out/text", help: "where the report and the network go", parse: (text) => text },
  },
  async run(options, outcome) {
    await claimFolder(options.out);
    const book = await mobyDick(options.chapters);
    const backend = await openBackend(options.backend);
    try {
      return await (options.serve === undefined ? story : served)({ options, outcome, book, backend });
    } finally {
      await backend.close();
    }
  },
};

interface Scene {
  readonly options: Options;
  readonly outcome: Outcome;
  readonly book: Book;
  readonly backend: Backend;
}

async function served({ options, outcome: { stdout, signal }, book, backend }: Scene): Promise<number> {
  const trainer = await trained(backend, folderOf(options.out, options));
  const { url, close } = await serve(trainer, book.vocabulary, options.serve ?? 0);
  stdout.write(`${url}  letters by a network; Ctrl-C ends it\n`);
  if (!signal.aborted) await once(signal, "abort");
  await close();
  trainer.dispose();
  return 0;
}

async function story(scene: Scene): Promise<number> {
  const { options, outcome, book, backend } = scene;
  const { stdout, signal } = outcome;
  const { comparison, model } = await compare(book);
  const { ngrams, compressors } = comparison;
  stdout.write(`bits per character of the validation chapters: ${ngrams.best.order}-grams ${ngrams.validation.toFixed(3)}, `);
  stdout.write(`brotli ${compressors.brotli.validation.toFixed(3)}, gzip ${compressors.gzip.validation.toFixed(3)}\n`);

  const folder = folderOf(options.out, options);
  const { network, units, seed, minutes } = options;
  const looks = await train(backend, book, {
    ...{ network, units, seed, folder, signal, onEpoch: (look) => stdout.write(lineOf(look)) },
    ...(minutes === undefined ? { epochs: options.epochs } : { epochs: endless, minutes }),
  });
  if (looks.length === 0) {
    stdout.write("  no epoch has come to its end; the same command goes on from here\n");
    return signal.aborted ? 130 : 0;
  }
  const results = await resultsOf(scene, { looks, comparison, model });
  const files = { report: join(options.out, "report.html"), data: join(options.out, "results.json") };
  await writeWhole(files.data, `${JSON.stringify(results)}\n`);
  await writeWhole(files.report, textReport(results));
  stdout.write(`\nbits per character, of ${countOf(looks.at(-1)?.epoch ?? 0, "epoch")}, the best by the validation chapters\n`);
  const bits = rowsOf(results).map(({ name, detail, validation, test }) => [name, validation.toFixed(3), test.toFixed(3), detail]);
  stdout.write(`${aligned([["", "validation", "test", ""], ...bits], [1, 2]).join("\n")}\n`);
  stdout.write(
    `\n  ${files.report}  curves, and what it writes\n  ${files.data}  the same as data\n  ${folder}  the network, from which the same command goes on\n`,
  );
  return signal.aborted ? 130 : 0;
}

/** With --minutes it is the clock that ends a piece, and `patience` the whole. */
const endless = 100_000;

function lineOf({ epoch, training, validation }: Look): string {
  return `  epoch ${String(epoch).padStart(2)}  training ${training.toFixed(3)}  validation ${validation.toFixed(3)}\n`;
}

interface Learnt {
  readonly looks: readonly Look[];
  readonly comparison: Results["comparison"];
  readonly model: KneserNey;
}

/** From the best network so far, as it is on the disk. */
async function resultsOf({ options, book, backend }: Scene, { looks, comparison, model }: Learnt): Promise<Results> {
  const { network: name, units, seed, prompt, letters } = options;
  const { vocabulary, parts } = book;
  const trainer = await trained(backend, folderOf(options.out, options));
  try {
    const { weights } = await trainer.checkpoint();
    const parameters = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
    const [validation, test] = [await networkBits(trainer, parts.validation), await networkBits(trainer, parts.test)];
    const samples: { by: string; prompt: string; text: string }[] = [];
    for (const temperature of temperatures) {
      const text = await written(trainer, vocabulary, { prompt, length: letters, temperature, seed });
      samples.push({ by: `the ${name.toUpperCase()} at temperature ${temperature}`, prompt, text });
    }
    const drawn = model.write(vocabulary.encode(prompt), letters, random(seed));
    samples.push({ by: `a model of ${model.order}-grams`, prompt, text: vocabulary.decode(drawn) });
    return {
      ...{ network: { name, units, seed, parameters, validation, test }, comparison, looks, samples },
      ...{ characters: vocabulary.size, backend: options.backend },
      lengths: { train: parts.train.length - 1, validation: parts.validation.length - 1, test: parts.test.length - 1 },
    };
  } finally {
    trainer.dispose();
  }
}

const temperatures = [0.4, 0.7, 1] as const;
