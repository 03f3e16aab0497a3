// Beam search: the likeliest sequences, as far as a few at a time can find them.
import {
  compile,
  type Compiled,
  gather,
  hostArray,
  leavesOf,
  mapTensors,
  NDArray,
  SluiceError,
  type Tensor,
  type Tree,
  type TypedArray,
} from "@sluice/core";
import { nonNegative, refused, size } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { checkPrompt, writingTable, type Writing } from "./prompt.ts";
import { Carried } from "./carried.ts";
import { logSoftmax } from "./logSoftmax.ts";
import { beyond, take, type Stepped } from "./step.ts";

export interface BeamOptions<S> extends Writing<S> {
  /** Sequences that are followed at a time, for each row of the prompt. */
  readonly beams: number;
  /** α of the length penalty ((5 + length) / 6)^α that log probabilities are divided by (Wu et al. 2016, eq. 14); at least 0, default 0: none. */
  readonly lengthPenalty?: number;
}

export const beamTable = {
  ...writingTable,
  beams: required(size),
  lengthPenalty: preset(nonNegative, 0),
} satisfies Table<BeamOptions<object>>;

export interface Hypothesis {
  /** What follows the prompt, without `end`. */
  readonly tokens: readonly number[];
  /** Its log probability, `end` included, over the length penalty. */
  readonly score: number;
  /** Whether it wrote `end`; otherwise `maxSteps` cut it. */
  readonly ended: boolean;
  /** Of each token, and of `end`, what the step gave as its row's alignment; empty where it gave none. */
  readonly alignment: readonly TypedArray[];
}

const who = "beamSearch";

/** One that is followed, or over. */
interface Path {
  readonly tokens: readonly number[];
  /** Σ log p */
  readonly logProbability: number;
  /** The row that its state is in, of the step that was last. */
  readonly row: number;
  readonly alignment: readonly TypedArray[];
}

/**
 * The best `beams` sequences that follow each row of the prompt, the best first.
 *
 * A sequence is over with `end`; the search is when no sequence on its way can pass those that are over, or after `maxSteps`. States are
 * reordered on their backend. Throws INVALID_ARGUMENT for options that make no sense, SHAPE_MISMATCH and NOT_FINITE for scores that are none,
 * ABORTED by `signal`, and what the step throws; states on the way are disposed of however it ends.
 */
export async function beamSearch<S extends object>(options: BeamOptions<S>): Promise<readonly (readonly Hypothesis[])[]> {
  const checked = optionsOf(who, beamTable, options as unknown as BeamOptions<object>);
  checkPrompt(who, checked.prompt);
  const carried = new Carried(checked.state);
  const reordering = new Reordering(carried);
  const taking = { who, step: checked.step, carried, signal: checked.signal };
  try {
    const length = checked.prompt[0]?.length ?? 0;
    for (let at = 0; at < length - 1; at++)
      await take(
        taking,
        checked.prompt.map((tokens) => tokens[at] ?? 0),
        "state",
      ); // prettier-ignore -- all are as long
    return await search(checked, reordering, (tokens) => take(taking, tokens, "all"));
  } finally {
    carried.dispose();
    reordering.dispose();
  }
}

interface Checked extends Pick<BeamOptions<object>, "prompt" | "maxSteps" | "beams"> {
  readonly end: number | undefined;
  readonly lengthPenalty: number;
}

async function search(
  { prompt, maxSteps, end, beams, lengthPenalty }: Checked,
  reordering: Reordering,
  run: (tokens: readonly number[]) => Promise<Stepped>,
): Promise<Hypothesis[][]> {
  const scored = ({ tokens, logProbability, alignment }: Path, ended: boolean): Hypothesis => ({
    tokens,
    score: logProbability / ((5 + tokens.length + Number(ended)) / 6) ** lengthPenalty,
    ended,
    alignment,
  });
  const best = (over: readonly Hypothesis[]): Hypothesis[] => over.toSorted((a, b) => b.score - a.score).slice(0, beams);
  const rows = prompt.map((_, row) => ({
    paths: [{ tokens: [], logProbability: 0, row, alignment: [] }] as readonly Path[],
    over: [] as Hypothesis[],
  }));
  let stepped = await run(prompt.map((tokens) => tokens.at(-1) ?? 0)); // each has one at least
  if (end !== undefined && end >= stepped.vocabulary) throw beyond(who, `end ${end}`, stepped.vocabulary);
  let rowsNow = prompt.length;
  for (let written = 1; ; written++) {
    for (const one of rows) {
      const next = continued(one.paths, stepped, beams);
      const ranked = next.slice(0, beams).filter(({ token }) => token === end);
      one.over = best([...one.over, ...ranked.map(({ path }) => scored(path, true))]);
      one.paths = next.filter(({ token }) => token !== end).slice(0, beams).map(({ path, token }) => ({ ...path, tokens: [...path.tokens, token] })); // prettier-ignore
      const [likeliest] = one.paths;
      const hope = likeliest && likeliest.logProbability / ((5 + maxSteps) / 6) ** lengthPenalty;
      const worst = one.over[beams - 1]?.score;
      if (hope === undefined || (worst !== undefined && worst >= hope)) one.paths = [];
    }
    if (written === maxSteps || rows.every(({ paths }) => paths.length === 0)) break;
    const followed = rows.flatMap(({ paths }) => Array.from({ length: beams }, (_, k) => paths[k] ?? paths[0] ?? idle));
    await reordering.run(
      followed.map(({ row }) => row),
      rowsNow,
    );
    rowsNow = followed.length;
    rows.forEach((one, i) => (one.paths = one.paths.map((path, k) => ({ ...path, row: i * beams + k }))));
    stepped = await run(followed.map(({ tokens }) => tokens.at(-1) ?? 0)); // those that are followed have one at least
  }
  return rows.map(({ paths, over }) => best([...over, ...paths.map((path) => scored(path, false))]));
}

/** In the place of a row that is over: its results are not looked at. */
const idle: Path = { tokens: [], logProbability: -Infinity, row: 0, alignment: [] };

interface Continued {
  /** Without the token. */
  readonly path: Path;
  readonly token: number;
}

/** The best 2 · beams ways to go on: though half of them may end, enough are left to follow. Of equals the first. */
function continued(paths: readonly Path[], { scores, vocabulary, alignments }: Stepped, beams: number): Continued[] {
  const all = paths.flatMap(({ tokens, logProbability, row, alignment }) => {
    const own = alignments?.[row];
    const aligned = own === undefined ? alignment : [...alignment, own];
    const logs = logSoftmax(who, scores.subarray(row * vocabulary, (row + 1) * vocabulary));
    const likely = largest(logs, 2 * beams).filter(({ value }) => value > -Infinity);
    return likely.map(({ value, at }) => ({
      path: { tokens, logProbability: logProbability + value, row, alignment: aligned },
      token: at,
    }));
  });
  return all.toSorted((a, b) => b.path.logProbability - a.path.logProbability).slice(0, 2 * beams);
}

interface Placed {
  readonly value: number;
  readonly at: number;
}

/** The `count` largest, the largest first, of equals the first. */
function largest(values: Float64Array, count: number): Placed[] {
  const found: Placed[] = [];
  for (const [at, value] of values.entries()) {
    const last = found.at(-1);
    if (found.length === count && last !== undefined && value <= last.value) continue;
    const place = found.findLastIndex((one) => one.value >= value) + 1;
    found.splice(place, 0, { value, at });
    found.length = Math.min(found.length, count);
  }
  return found;
}

/** Gives each row the state of another, on the backend that the states are on. */
class Reordering {
  readonly #carried: Carried;
  #compiled: Compiled<[Tree<Tensor>, Tensor], Tree<Tensor>> | undefined;

  constructor(carried: Carried) {
    this.#carried = carried;
  }

  /** Each row becomes a copy of the one named, of `count`. Throws INVALID_ARGUMENT and SHAPE_MISMATCH for a state that is not of arrays [rows, …]. */
  async run(rows: readonly number[], count: number): Promise<void> {
    const state = this.#carried.now;
    const leaves = leavesOf(state, (value) => value instanceof NDArray);
    const arrays = leaves.map(([path, leaf]) => checkedState(path, leaf, count));
    const [first] = arrays;
    if (first === undefined) return;
    this.#compiled ??= compile(first.backend, rowsOf, { name: "beamSearch.reorder" });
    this.#carried.become(await this.#compiled(state as never, hostArray(Int32Array.from(rows)))); // a tree of arrays, as was just seen
  }

  dispose(): void {
    this.#compiled?.dispose();
  }
}

function checkedState(path: string, leaf: unknown, rows: number): NDArray {
  if (!(leaf instanceof NDArray)) throw refused(who, `state.${path}`, leaf, "an NDArray [rows, …], of which each sequence has a row");
  if (leaf.shape[0] === rows) return leaf;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `state.${path} must be [rows ${rows}, …], got [${leaf.shape.join(", ")}]`,
    fix: "Put the axis of rows first: states are reordered along it",
    facts: { shape: leaf.shape, rows },
  });
}

function rowsOf(state: Tree<Tensor>, rows: Tensor): Tree<Tensor> {
  return mapTensors(state, (x) => {
    const [count = 0, ...rest] = x.shape;
    const width = rest.reduce((product, n) => product * n, 1);
    return gather(x.reshape([count, width]), rows).reshape([rows.shape[0] ?? 0, ...rest]);
  });
}
