// The example as a story: naive Bayes is tuned, networks learn, all are judged on articles that nobody has seen, and the report tells.
import { join } from "node:path";
import { backendNames, claimFolder, openBackend, oneOf, severalOf, whole, writeWhole, type BackendName, type Command, type Stream } from "@sluice/example-common"; // prettier-ignore
import { SluiceError, type Backend } from "@sluice/core";
import type { Callback } from "@sluice/nn";
import { allPieces, bayesOf, judgedByBayes, judgedByModel, tuned, type Pieces } from "./contest.ts";
import { alphabetFrom, type Alphabet } from "./data/alphabet.ts";
import { declarations as allDeclarations, type Declaration } from "./data/declarations.ts";
import { textsOf } from "./data/parts.ts";
import { longest } from "./data/pieces.ts";
import { networkNames, networks, type NetworkName } from "./networks.ts";
import { recipe } from "./recipe.ts";
import { languageReport, type Contender, type Outcome } from "./report/languageReport.ts";
import { save, say } from "./saved.ts";
import { learnt, type Learnt } from "./training.ts";

interface Options {
  readonly networks: readonly NetworkName[];
  readonly languages: readonly string[];
  readonly units: number;
  readonly epochs: number;
  readonly pieces: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly out: string;
  readonly say: string;
}

const text = (value: string, initial: string, help: string) => ({ value, initial, help, parse: (given: string) => given });

export const command: Command<Options> = {
  name: "language",
  description:
    "The language of a text, 20 to 200 characters of it: a GRU and an LSTM over characters beside a naive Bayes over n-grams, learnt from the Universal Declaration of Human Rights.",
  options: {
    networks: severalOf(networkNames, "which are trained"),
    languages: { value: "CODE,…", initial: [], help: "ISO 639-3 codes; all 63 where none is said", parse: (given) => given.split(",") },
    units: whole(recipe.units, "width of the networks"),
    epochs: whole(recipe.epochs, "of training"),
    pieces: whole(recipe.each, "that each language has in an epoch"),
    seed: whole(1, "of weights, pieces and masks"),
    backend: oneOf(backendNames, "workers", "what computes"),
    out: text("FOLDER", "out/language", "where the report and the trained network go"),
    say: text("TEXT", "", "tell the likeliest languages of this text, by the network that was trained"),
  },
  async run(options, { stdout, signal }) {
    const { out, say: asked } = options;
    if (asked === "") await claimFolder(out);
    const backend = await openBackend(options.backend);
    try {
      if (asked === "") return await contest(options, backend, stdout, signal);
      for (const { name, code, probability } of await say(out, backend, asked))
        stdout.write(`  ${percent(probability).padStart(6)}  ${name} (${code})\n`);
      return 0;
    } finally {
      await backend.close();
    }
  },
};

async function contest(options: Options, backend: Backend, stdout: Stream, signal: AbortSignal): Promise<number> {
  const declarations = chosen(await allDeclarations(), options.languages);
  const held = { validation: allPieces(declarations, "validation"), test: allPieces(declarations, "test") };
  const grid = tuned(declarations);
  const best = grid.toSorted((a, b) => b.accuracy - a.accuracy)[0] ?? { order: 4, alpha: 0.03, accuracy: 0 };
  const bayes = { title: "naive Bayes", judged: judgedByBayes(bayesOf(declarations, best), held.test) };
  stdout.write(
    `${declarations.length} languages; right of the test's pieces of ${bayes.judged.map(({ length }) => length).join(", ")} characters:\n`,
  );
  stdout.write(lineOf(bayes.title, bayes, `n-grams of up to ${best.order}, α = ${best.alpha}`));
  const alphabet = alphabetFrom(
    declarations.flatMap((declaration) => textsOf(declaration, "train")),
    { order: recipe.order, minCount: recipe.minCount },
  );
  const contenders: Contender[] = [];
  for (const name of options.networks) {
    if (signal.aborted) break;
    const callbacks = [telling(networks[name].title, stdout)];
    const { units, epochs, pieces: each, seed } = options;
    const began = performance.now();
    const result = await learnt(name, { ...recipe, units, epochs, each, seed, backend, declarations, alphabet, signal, callbacks });
    if (result === undefined) break;
    const seconds = (performance.now() - began) / 1000;
    const contender = await judgedContender(name, result, { backend, alphabet, held, seconds });
    contenders.push(contender);
    stdout.write(lineOf(contender.title, contender, `${seconds.toFixed(0)} s`));
    if (contender.validation < Math.max(...contenders.map(({ validation }) => validation))) continue;
    await save(options.out, backend, result.model(longest), {
      alphabet: alphabet.record,
      languages: declarations.map(({ code, name: title }) => ({ code, name: title })),
    });
  }
  if (contenders.length === 0) return 130;
  const outcome: Outcome = { declarations, test: held.test, bayes, grid, best, contenders, options };
  await told(options.out, outcome, stdout);
  return signal.aborted ? 130 : 0;
}

interface Judging {
  readonly backend: Backend;
  readonly alphabet: Alphabet;
  readonly held: { readonly validation: readonly Pieces[]; readonly test: readonly Pieces[] };
  readonly seconds: number;
}

async function judgedContender(
  name: NetworkName,
  { model, history, parameters }: Learnt,
  { held, seconds, ...rest }: Judging,
): Promise<Contender> {
  const tunedBy = await judgedByModel(model, rest, held.validation.slice(0, 1));
  const all = await judgedByModel(model, rest, held.test);
  return { title: networks[name].title, judged: all, validation: tunedBy[0]?.accuracy ?? 0, history, parameters, seconds };
}

async function told(out: string, outcome: Outcome, stdout: Stream): Promise<void> {
  const files = { report: join(out, "report.html"), data: join(out, "results.json") };
  const { declarations, bayes, best, contenders, options } = outcome;
  const results = {
    ...{ options, languages: declarations.map(({ code }) => code), naiveBayes: { ...best, judged: bayes.judged } },
    networks: contenders,
  };
  await writeWhole(files.data, `${JSON.stringify(results)}\n`);
  await writeWhole(files.report, languageReport(outcome));
  stdout.write(
    `\n  ${files.report}  by length, the near relatives, the curves\n  ${files.data}  the same as data\n  npm run example language -- --say "…"  asks the better network\n`,
  );
}

function chosen(all: readonly Declaration[], codes: readonly string[]): readonly Declaration[] {
  if (codes.length === 0) return all;
  const found = all.filter(({ code }) => codes.includes(code));
  const missing = codes.filter((code) => !found.some((one) => one.code === code));
  if (missing.length > 0 || found.length < 2) throw unknownLanguages(missing, all);
  return found;
}

function unknownLanguages(missing: readonly string[], all: readonly Declaration[]): SluiceError {
  const what = missing.length > 0 ? `there is no whole declaration of ${missing.join(", ")}` : "two languages are needed at least";
  const fix = `Choose among ${all.map(({ code }) => code).join(", ")}`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "languages", what, fix, facts: { missing } });
}

function lineOf(title: string, { judged }: Pick<Contender, "judged">, note: string): string {
  return `  ${title.padEnd(12)}${judged.map(({ accuracy }) => percent(accuracy).padStart(8)).join("")}  ${note}\n`;
}

function telling(title: string, stdout: Stream): Callback {
  return {
    name: "language",
    onEpochEnd(log, { epochs }) {
      if (stdout.isTTY === true)
        stdout.write(`  ${title} ${log.epoch} of ${epochs}: ${percent(log["valAccuracy"] ?? Number.NaN)} of validation's pieces\n`);
    },
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
