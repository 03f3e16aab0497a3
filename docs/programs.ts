// The Programs that architecture.md shows, as they really come out.
import { gradient, lowerGraph, lstm, pipeline, recurrence, trace, type Graph, type Supports, type Tensor } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";

const { supports } = await open();
/** One scalar operation per kernel: as if there were no fusion. */
const unfused: Supports = { ...supports, bindings: 1 };

/** Without the passes that split loops and merge values. */
const untouched = pipeline.filter(
  ({ level, name }) => level !== "graph" || !["loop fission", "product accumulation", "reduction merging"].includes(name),
);

const cell = recurrence(lstm());
const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });
const args = [{ x: f32(5, 2, 3), wx: f32(3, 16), wh: f32(4, 16), b: f32(16) }];
type Args = { readonly x: Tensor; readonly wx: Tensor; readonly wh: Tensor; readonly b: Tensor };

const forward = graphOf("lstm", ({ x, ...w }) => ({ h: cell.run(w, x, { timeMajor: true }).outputs }));
const backward = graphOf("lstm with gradient", ({ x, ...w }) => ({ d: gradient(cell.run(w, x, { timeMajor: true }).last.sum(), w) }));

/** By the name under which architecture.md shows them. */
export const programs: Readonly<Record<string, string>> = {
  traced: print(lowerGraph(forward, unfused, untouched)),
  split: print(lowerGraph(forward, unfused)),
  fused: print(lowerGraph(forward, supports)),
  gradient: print(lowerGraph(backward, supports)),
};

/** The table of passes that architecture.md shows. */
export const passTable = [
  ["pass", "from → to", "keeps"],
  ["---", "---", "---"],
  ...pipeline.map(({ name, level, keeps }) => [
    name,
    { graph: "graph → graph", schedule: "graph → Program", program: "Program → Program" }[level],
    keeps.join(", "),
  ]),
]
  .map((row) => `| ${row.join(" | ")} |`)
  .join("\n");

function graphOf(name: string, fn: (args: Args) => unknown): Graph {
  return trace(name, fn as (...args: never[]) => unknown, args).graph;
}
