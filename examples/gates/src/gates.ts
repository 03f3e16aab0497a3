// The example as a story: each network learns each task, or does not, and the report shows why.
import { join } from "node:path";
import {
  claimFolder,
  count,
  openBackend,
  type Command,
  oneOf,
  severalOf,
  severalWholes,
  whole,
  writeWhole,
  backendNames,
  type BackendName,
} from "@sluice/example-common";
import { contenderNames, contenders, type ContenderName } from "./contenders.ts";
import { gatesReport } from "./report/gatesReport.ts";
import { addingProblem } from "./tasks/addingProblem.ts";
import { digits } from "./tasks/digits.ts";
import type { Task } from "./tasks/task.ts";
import { trial, type Trial } from "./trial.ts";

interface Options {
  readonly task: "adding" | "digits";
  readonly steps: readonly number[];
  readonly networks: readonly ContenderName[];
  readonly units: number;
  readonly updates: number;
  readonly seeds: number;
  readonly backend: BackendName;
  readonly out: string;
}

export const command: Command<Options> = {
  name: "gates",
  description:
    "What gates are for: a simple RNN, IRNN, LSTM, GRU and attention learn to remember over long sequences, or do not, and the report shows how their gradients flow.",
  options: {
    task: oneOf(["adding", "digits"], "adding", "what is learnt"),
    steps: severalWholes([200], "lengths of the sequences of the adding problem", 4),
    networks: severalOf(contenderNames, "which are compared"),
    units: whole(32, "width of each"),
    updates: whole(2500, "at most so many, of 50 sequences each"),
    seeds: whole(1, "so many of them: 1, 2, …"),
    backend: oneOf(backendNames, "workers", "what computes"),
    out: { value: "FOLDER", initial: "out/gates", help: "where the report goes", parse: (text) => text },
  },
  async run({ task, steps, networks, units, updates, seeds, backend: name, out }, { stdout, signal }) {
    await claimFolder(out);
    const tasks = task === "digits" ? [await digits()] : steps.map((each) => addingProblem(each));
    const backend = await openBackend(name);
    const trials: Trial[] = [];
    try {
      for (const each of tasks) {
        stdout.write(
          `${each.title}: learnt where ${each.measure.name} of the test sequences is ${each.measure.better === "lower" ? "below" : "above"} ${each.solvedAt}; who knows nothing has ${each.chance.toFixed(3)}\n`,
        );
        for (const contender of networks)
          for (let seed = 1; seed <= seeds && !signal.aborted; seed++) {
            const done = await trial(backend, contender, each, { units, updates, seed, signal });
            trials.push(done);
            stdout.write(lineOf(done, each, seeds));
          }
      }
    } finally {
      await backend.close();
    }
    if (trials.length === 0) return 130;
    const files = { report: join(out, "report.html"), data: join(out, "trials.json") };
    await writeWhole(files.data, `${JSON.stringify(trials)}\n`);
    await writeWhole(files.report, gatesReport(trials, tasks, { units, updates, seeds, backend: name }));
    stdout.write(`\n  ${files.report}  the gradients of all side by side\n  ${files.data}  the same as data\n`);
    return signal.aborted ? 130 : 0;
  },
};

function lineOf(
  { contender, seed, seconds, updates, solvedAfter, diverged, curve, before }: Trial,
  { measure }: Task,
  seeds: number,
): string {
  const failed = diverged ? `diverged after ${count(updates)} updates` : `not learnt in ${count(updates)} updates`;
  const result = solvedAfter === undefined ? failed : `learnt after ${count(solvedAfter)} updates`;
  const which = `${contenders[contender].title.padEnd(12)}${seeds > 1 ? `seed ${seed}  ` : ""}`;
  const measured = `${measure.name} ${(curve.at(-1)?.measured ?? Number.NaN).toFixed(4)}`;
  const flow =
    typeof before.verdict?.factor !== "number"
      ? ""
      : `  gradients at first ${before.verdict.name}, ×${before.verdict.factor.toExponential(0)}`;
  return `  ${which}${result.padEnd(30)}${`${seconds.toFixed(0)} s`.padStart(6)}  ${measured}${flow}\n`;
}
