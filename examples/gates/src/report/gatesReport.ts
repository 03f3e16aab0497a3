// The page: who learnt what, and the picture of why.
import { heatMap, lines, page, table, type Cell, type Content, type Section } from "@sluice/report";
import { countOf } from "@sluice/example-common";
import type { RecordedLayer } from "@sluice/insight";
import { contenders, type ContenderName } from "../contenders.ts";
import { batchesPerLook, type Task } from "../tasks/task.ts";
import type { Flow, Trial } from "../trial.ts";

export interface Circumstances {
  readonly units: number;
  readonly updates: number;
  readonly seeds: number;
  readonly backend: string;
}

const palette = Object.values(contenders).map(({ title }) => title);

export function gatesReport(trials: readonly Trial[], tasks: readonly Task[], circumstances: Circumstances): string {
  const { units, updates, seeds } = circumstances;
  return page({
    title: "What gates are for",
    lead: [
      "To learn from something that came long ago, the gradient of what is said now must reach it. In a simple recurrent network it is multiplied by the same matrix at every step back: it vanishes, or explodes. Gates carry a state on unchanged where nothing is to change, and with it the gradient.",
      `Networks of ${units} units, trained on batches of 50 fresh sequences, at most ${updates} updates, ${seeds === 1 ? "one seed" : `${seeds} seeds`}; a task is learnt once the test sequences say so.`,
    ],
    sections: tasks.map((task) =>
      sectionOf(
        task,
        trials.filter((trial) => trial.task === task.title),
        circumstances,
      ),
    ),
  });
}

function sectionOf(task: Task, trials: readonly Trial[], circumstances: Circumstances): Section {
  const firsts = trials.filter(({ seed }) => seed === 1);
  return {
    title: task.title,
    content: [
      results(task, trials, circumstances),
      curves(task, firsts),
      gradients("Before", firsts),
      gradients("After", firsts),
      ...recorded(firsts),
    ],
  };
}

/** A row for each network: how many seeds learnt it, after how many updates. */
function results({ measure, chance }: Task, trials: readonly Trial[], { seeds }: Circumstances) {
  const names = [...new Set(trials.map(({ contender }) => contender))];
  return table({
    columns: ["network", "parameters", "learnt", "after updates", "seconds", measure.name],
    rows: names.map((name) => {
      const own = trials.filter(({ contender }) => contender === name);
      const solved = own.flatMap(({ solvedAfter }) => solvedAfter ?? []);
      const last = own.map(({ curve }) => curve.at(-1)?.measured ?? Number.NaN);
      const learnt: Cell = {
        text: seeds === 1 ? (solved.length > 0 ? "yes" : "no") : `${solved.length} of ${own.length}`,
        tone: solved.length === own.length ? "good" : solved.length === 0 ? "bad" : "soft",
        strong: true,
      };
      return [
        { text: contenders[name].title, detail: contenders[name].what },
        { text: (own[0]?.parameters ?? 0).toLocaleString("en") },
        learnt,
        { text: span(solved, 0) },
        {
          text: span(
            own.map(({ seconds }) => seconds),
            0,
          ),
        },
        { text: span(last, 4), hint: `who has learnt nothing has ${chance.toFixed(3)}` },
      ];
    }),
  });
}

/** "400", or "400 – 1,200" */
function span(values: readonly number[], digits: number): string {
  if (values.length === 0) return "–";
  const text = (value: number): string => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [least, most] = [text(Math.min(...values)), text(Math.max(...values))];
  return least === most ? least : `${least} – ${most}`;
}

function curves({ measure, chance, solvedAt }: Task, trials: readonly Trial[]) {
  return lines({
    title: `Test sequences while they learn: ${measure.name}`,
    series: byTitle(trials, ({ curve }) => ({ x: curve.map(({ updates }) => updates), y: curve.map(({ measured }) => measured) })),
    ...{ xLabel: "updates", yLabel: measure.name, yScale: measure.name === "mse" ? "log" : "linear", palette },
    rules: { "nothing learnt": chance, learnt: solvedAt },
  });
}

/** The picture: how much of the gradient is left at each step, before anything is learnt and after. */
function gradients(when: "Before" | "After", trials: readonly Trial[]) {
  const flow = ({ before, after }: Trial): Flow => (when === "Before" ? before : after);
  return lines({
    title: `${when} training: how much of the gradient reaches each step`,
    description:
      when === "Before"
        ? "‖∂L/∂h_t‖ over the largest of its network, at each step; the loss reads the last step alone. Where nothing recurs it is ‖∂L/∂x_t‖. A line that falls to the left is a gradient that vanishes: gates that are half open, as they are at first, halve it at every step."
        : "Who has learnt has opened its gates: what came first still counts at the end. A network without gates has no such choice.",
    series: byTitle(trials, (trial) => relative(flow(trial))),
    ...{ xLabel: "step", yLabel: "share of the largest", yScale: "log", palette },
  });
}

function relative({ norms }: Flow): readonly number[] {
  const numbers = norms.map((norm) => norm ?? Number.NaN);
  const most = Math.max(...numbers.filter((norm) => Number.isFinite(norm)));
  return numbers.map((norm) => Math.max(norm / most, least));
}
/** What is smaller is drawn as small as this. */
const least = 1e-12;

/** And while they learn: updates from top to bottom, steps from left to right. */
function recorded(trials: readonly Trial[]): readonly Content[] {
  const norms: Record<string, RecordedLayer["norms"]> = {};
  let [every, looks] = [1, 1];
  for (const { contender, record } of trials) {
    const layer = record?.layers.find(({ state }) => state === "h");
    if (layer === undefined) continue;
    every = Math.max(every, Math.ceil((layer.norms[0]?.length ?? 0) / mostColumns));
    looks = Math.max(looks, Math.ceil(layer.norms.length / mostRows));
    norms[contenders[contender].title] = layer.norms;
  }
  const values = Object.fromEntries(
    Object.entries(norms).map(([title, rows]) => [
      title,
      each(rows, looks).map((row) => each(row, every).map((norm) => Math.max(norm ?? Number.NaN, least))),
    ]),
  );
  if (Object.keys(values).length === 0) return [];
  const figure = heatMap({
    title: "While they learn: ‖∂L/∂h_t‖ by step and time",
    description: `Each row is one look, every ${countOf(looks * batchesPerLook, "update")} from the top; each column ${every === 1 ? "a step" : `every ${every}th step`}, the last at the right. One scale for all.`,
    ...{
      values,
      scale: "log",
      domain: [1e-9, 1],
      rowsLabel: countOf(looks * batchesPerLook, "update"),
      columnsLabel: every === 1 ? "step" : `${every} steps`,
    },
  });
  return [figure];
}

/** So many are told apart by eye, and keep the page small. */
const [mostColumns, mostRows] = [100, 60];

/** Every so many of a list, its last among them. */
function each<T>(list: readonly T[], every: number): readonly T[] {
  return list.filter((_, i) => (list.length - 1 - i) % every === 0);
}

function byTitle<T>(trials: readonly Trial[], of: (trial: Trial) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(trials.map((trial) => [contenders[trial.contender satisfies ContenderName].title, of(trial)]));
}
