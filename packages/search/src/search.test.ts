// The search: what is drawn and ranked follows from the seed, whoever runs it and however often it is cut off.
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "@sluice/cpu";
import { dense, sequential, sgd } from "@sluice/nn";
import { checkpoints } from "@sluice/nn/node";
import { afterAll, expect, test } from "vitest";
import { choice, integer, logUniform, search, uniform, type SearchConfig } from "./index.ts";
import { rungsOf } from "./rungs.ts";

const home = await mkdtemp(join(tmpdir(), "sluice-search-"));
afterAll(() => rm(home, { recursive: true, force: true }));
const fresh = (): Promise<string> => mkdtemp(join(home, "run-"));

const module = new URL("./testing/parabola.mjs", import.meta.url);
const space = { x: uniform(0, 1), y: uniform(0, 1) };
const plain = { trial: module, space, trials: 9, seed: 7 } as const;
const halving = { minBudget: 1, maxBudget: 9 } as const;
const ran = async (folder: string) => (await readFile(join(folder, "ran"), "utf8")).trim().split("\n");

test("the same seed gives the same ranking, on one thread as on three, and another seed others", async () => {
  const ranked = async (options: Partial<SearchConfig>) =>
    (await search({ ...plain, halving, folder: await fresh(), ...options } as typeof plain & { folder: string })).ranking;
  const one = await ranked({ threads: 1 });
  expect(await ranked({ threads: 3 })).toEqual(one);
  expect(await ranked({ threads: 3, seed: 8 })).not.toEqual(one);
  expect(one).toHaveLength(9);
});

test("rungs are those of the published example: 81 trials, a third of them three times as far", () => {
  const expected = [[81, 1], [27, 3], [9, 9], [3, 27], [1, 81]].map(([trials, budget]) => ({ trials, budget })); // prettier-ignore
  expect(rungsOf(81, { minBudget: 1, maxBudget: 81 })).toEqual(expected); // Li et al. 2018, "Hyperband", table 1, s = 4
  expect(rungsOf(5, { minBudget: 2, maxBudget: 9, factor: 2 })).toEqual([{ trials: 5, budget: 2 }, { trials: 2, budget: 4 }, { trials: 1, budget: 8 }]); // prettier-ignore
});

test("the best of each rung go on, and are ranked before those that did not; who fails is last of its rung, with its error", async () => {
  const folder = await fresh();
  const { best, ranking } = await search({ ...plain, halving, folder });
  expect(ranking.map(({ budget }) => budget)).toEqual([9, 3, 3, 1, 1, 1, 1, 1, 1]);
  const score = ({ x, y }: { readonly x: number; readonly y: number }, budget: number) => (x - 0.3) ** 2 + y / budget;
  for (const { options, budget, score: got, error } of ranking) {
    if (options.y > 0.9) expect([got, error]).toEqual([Number.NaN, "RangeError: too high"]);
    else expect(got).toBe(score(options, budget));
  }
  const firsts = ranking.map(({ options, trial }) => ({ trial, score: options.y > 0.9 ? Infinity : score(options, 1) }));
  const wanted = firsts.toSorted((a, b) => a.score - b.score || a.trial - b.trial).slice(0, 3).map(({ trial }) => trial); // prettier-ignore
  expect(ranking.slice(0, 3).map(({ trial }) => trial).toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b)); // prettier-ignore
  expect(best).toBe(ranking[0]);
  expect(best.details).toEqual({ seed: best.seed, notes: [best.options.x > 0.5] });
  expect(await ran(folder)).toHaveLength(9 + 3 + 1);
});

test("cut off after any number of results, the same call runs what is left and ranks as if it had not been", async () => {
  const expected = (await search({ ...plain, halving, folder: await fresh() })).ranking;
  for (const cut of [1, 4, 9, 10]) {
    const folder = await fresh();
    const halt = new AbortController();
    let count = 0;
    const onResult = (): void => void (++count === cut && halt.abort());
    await expect(search({ ...plain, halving, folder, threads: 2, signal: halt.signal, onResult })).rejects.toMatchObject({
      code: "ABORTED",
    });
    const before = (await readFile(join(folder, "search.jsonl"), "utf8")).trim().split("\n").slice(1).map((line) => { const { trial, budget } = JSON.parse(line) as { trial: number; budget: number }; return `${trial} ${budget}`; }); // prettier-ignore
    await appendFile(join(folder, "search.jsonl"), '{"trial":3,"bud'); // as a kill leaves it
    await rm(join(folder, "ran"));
    expect((await search({ ...plain, halving, folder })).ranking).toEqual(expected);
    expect((await ran(folder)).filter((run) => before.includes(run))).toEqual([]);
  }
});

test("a thread that ends takes its trial with it, no other", async () => {
  const { ranking } = await search({ trial: new URL("./testing/leaves.mjs", import.meta.url), space: { x: uniform(0, 1) }, trials: 8, better: "higher", folder: await fresh(), threads: 2 }); // prettier-ignore
  const [well, ended] = [ranking.filter(({ error }) => error === undefined), ranking.filter(({ error }) => error !== undefined)];
  expect(well.every(({ options, score }) => options.x >= 0.3 && score === options.x)).toBe(true);
  expect(well.map(({ score }) => score)).toEqual(well.map(({ score }) => score).toSorted((a, b) => b - a));
  expect(ended.every(({ options, error }) => options.x < 0.3 && error?.includes("code 3"))).toBe(true);
  expect([well.length > 0, ended.length > 0]).toEqual([true, true]);
});

test("what a trial leaves behind is no other's: an error that comes late, the end of its thread", async () => {
  const trial = new URL("./testing/strays.mjs", import.meta.url);
  const { ranking } = await search({ trial, space: { u: uniform(0, 1) }, trials: 6, seed: 3, threads: 1, folder: await fresh() });
  expect(ranking.map(({ score, error }) => [score, error])).toEqual(ranking.map(({ options }) => [options.u, undefined]));
});

test("infinite scores are ranked alike when they come from disk, and options are each trial's own", async () => {
  const folder = await fresh();
  const values = [[1], [2]];
  const run = () =>
    search({
      ...{ space: { l: choice(values), u: uniform(0, 1) }, trials: 6, seed: 1, folder },
      trial({ l, u }) {
        (l as number[]).push(9);
        return u < 0.3 ? -Infinity : u > 0.7 ? Infinity : u;
      },
    });
  const first = await run();
  expect(await run()).toEqual(first);
  expect(first.best.score).toBe(-Infinity);
  expect(values).toEqual([[1], [2]]);
  expect(first.ranking.every(({ options }) => options.l.length === 1)).toBe(true);
});

test("a model's learning rate is found, each budget going on from the checkpoint of the one before", async () => {
  const backend = await open();
  const x = Array.from({ length: 32 }, (_, i) => [Math.sin(i), Math.cos(i)]);
  const data = { x, y: x.map(([a = 0, b = 0]) => 2 * a - b) };
  const batches: number[] = [];
  const { best } = await search({
    space: { learningRate: logUniform(1e-5, 10) },
    ...{ trials: 9, halving: { minBudget: 2, maxBudget: 18 }, seed: 3, folder: await fresh() },
    async trial({ learningRate }, { seed, budget, folder }) {
      const trainer = await sequential([dense({ units: 1 })]).compile({ backend, optimizer: sgd({ learningRate }), loss: "mse", seed });
      let count = 0;
      const counting = { name: "counting", onTrainBatchEnd: () => void count++ };
      const { epochs } = await trainer.fit(data, { epochs: budget, batchSize: 16, callbacks: [counting, checkpoints({ folder })] });
      trainer.dispose();
      batches.push(count);
      return epochs.at(-1)?.loss ?? Number.NaN;
    },
  });
  await backend.close();
  expect(best.options.learningRate).toBeGreaterThan(0.01);
  expect(best.options.learningRate).toBeLessThan(1.5);
  expect(best.budget).toBe(18);
  expect(batches.at(-1)).toBe(2 * (18 - 6));
});

test("dimensions draw what they say", async () => {
  const seen: { n: number; c: string; l: number }[] = [];
  await search({ space: { n: integer(-1, 1), c: choice(["a", "b"]), l: logUniform(1e-3, 1e3) }, trials: 60, folder: await fresh(), trial: (options) => (seen.push(options), 0) }); // prettier-ignore
  expect([...new Set(seen.map(({ n }) => n))].toSorted((a, b) => a - b)).toEqual([-1, 0, 1]);
  expect(new Set(seen.map(({ c }) => c))).toEqual(new Set(["a", "b"]));
  expect(seen.every(({ l }) => l >= 1e-3 && l <= 1e3)).toBe(true);
  expect(seen.filter(({ l }) => l < 1).length).toBeGreaterThan(15);
});

test("what makes no sense is refused, and so is another search's folder", async () => {
  const folder = await fresh();
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" }) as object;
  const bad: object[] = [
    { trial: 3 }, { space: {} }, { space: { x: 3 } }, { trials: 0 }, { halving: { minBudget: 2, maxBudget: 1 } }, { halving: { minBudget: 1, maxBudget: 9, factor: 1 } }, { folder: "" }, { threads: 0 }, { better: "best" }, { trails: 3 },
  ]; // prettier-ignore
  for (const options of bad) await expect(search({ ...plain, folder, ...options } as never)).rejects.toEqual(refused);
  for (const make of [() => choice([]), () => uniform(1, 0), () => logUniform(0, 1), () => integer(1, 0), () => integer(0.5, 2)])
    expect(make).toThrow(refused as Error);
  await search({ ...plain, trials: 2, folder });
  await expect(search({ ...plain, trials: 3, folder })).rejects.toEqual(refused);
  await writeFile(join(folder, "search.jsonl"), (await readFile(join(folder, "search.jsonl"), "utf8")) + "nonsense\n");
  await expect(search({ ...plain, trials: 2, folder })).rejects.toMatchObject({ code: "FILE_CORRUPT" });
  await expect(search({ ...plain, folder: await fresh(), trial: () => Promise.reject(new Error("never")) })).rejects.toMatchObject({
    message: expect.stringContaining("never") as string,
  });
  await expect(search({ ...plain, folder: await fresh(), trial: new URL("./testing/none.mjs", import.meta.url) })).rejects.toEqual(refused);
});
