import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBackend, runCommand } from "@sluice/example-common";
import { afterAll, expect, test } from "vitest";
import { byNumbers, mostFrequent } from "./baselines.ts";
import { command } from "./dates.ts";
import { dayOf, days, firstDay, isNumeric, isoOf, plain } from "./forms.ts";
import { pairsOf, vocabulariesOf } from "./pairs.ts";
import { samples, type Sample } from "./samples.ts";
import { train } from "./training.ts";

const folder = await mkdtemp(join(tmpdir(), "dates-"));
afterAll(() => rm(folder, { recursive: true }));
const all = samples();

async function run(args: readonly string[], signal = new AbortController().signal) {
  let [said, complained] = ["", ""];
  const streams = { stdout: { write: (text: string) => (said += text) }, stderr: { write: (text: string) => (complained += text) } };
  const code = await runCommand(command, args, { ...streams, signal });
  return { code, said, complained };
}

const short = ["--texts", "640", "--epochs", "2", "--units", "8", "--batch-size", "32", "--test-of-each", "1", "--backend", "cpu"];

test("a short run learns, tells how it did beside the baselines, and keeps what it learnt to be asked", async () => {
  const out = join(folder, "short");
  const { code, said, complained } = await run([...short, "--out", out]);
  expect({ code, complained }).toEqual({ code: 0, complained: "" });
  const losses = [...said.matchAll(/loss (\d+\.\d+)/g)].map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(2);
  expect(losses[1]).toBeLessThan(losses[0] ?? 0);
  expect(losses[1]).toBeLessThan(Math.log(14)); // of 14 characters by lot
  const page = await readFile(join(out, "report.html"), "utf8");
  for (const part of ["network", "numbers by a rule", "most frequent", "Where it looked", "ar-EG", "zh-CN"]) expect(page).toContain(part);
  const asked = await run(["--translate", "lundi 30 novembre 2026", "--out", out, "--backend", "cpu"]);
  expect(asked).toEqual({ code: 0, complained: "", said: expect.stringMatching(/^[\d-]+\n$/) });
  const sameAsTyped = await run(["--translate", " Lundi 30\u00a0novembre 2026", "--out", out, "--backend", "reference"]);
  expect(sameAsTyped.said).toBe(asked.said);
});

test("the same seed learns the same, bit for bit, and another seed something else", async () => {
  const backend = await openBackend("cpu");
  const weights = async (seed: number) => {
    const { signal } = new AbortController();
    const { trainer } = await train(backend, all, {
      ...{ texts: 64, epochs: 1, units: 4, batchSize: 32, learningRate: 0.01, seed },
      signal,
    });
    const found = await trainer.checkpoint();
    trainer.dispose();
    return found.weights;
  };
  const first = await weights(1);
  expect(await weights(1)).toEqual(first);
  expect(await weights(2)).not.toEqual(first);
  await backend.close();
});

test("who interrupts a training has the network of the epochs that are over", async () => {
  const out = join(folder, "halted");
  const halt = new AbortController();
  const stdout = { write: (text: string) => text.includes("epoch 1") && halt.abort() };
  const stderr = { write: () => true };
  expect(
    await runCommand(command, [...short, "--texts", "64", "--epochs", "9", "--out", out], { stdout, stderr, signal: halt.signal }),
  ).toBe(130);
  expect((await run(["--translate", "30.11.2026", "--out", out, "--backend", "cpu"])).code).toBe(0);
});

test("what was never trained cannot be asked, and what is no vocabulary is told", async () => {
  const { code, complained } = await run(["--translate", "30.11.2026", "--out", join(folder, "none"), "--backend", "cpu"]);
  expect(code).toBe(1);
  expect(complained).toContain("FILE_NOT_FOUND");
  expect(complained).toContain("npm run example dates");
});

test("every day is in one part, and each part's texts are of its own days", () => {
  const { train, validation, test: tested } = all.days;
  expect(new Set([...train, ...validation, ...tested]).size).toBe(days);
  expect(train.length + validation.length + tested.length).toBe(days);
  const isosOf = (list: readonly Sample[]) => new Set(list.map(({ iso }) => iso));
  const learnt = isosOf(all.drawn("train", 3000, "some"));
  for (const part of ["validation", "test"] as const) {
    const own = all.ofEachForm(part, 2);
    expect(own).toHaveLength(2 * all.forms.length);
    expect([...isosOf(own)].filter((iso) => learnt.has(iso))).toEqual([]);
    const allowed = new Set(all.days[part]);
    expect(own.every(({ iso }) => allowed.has(dayOf(iso)))).toBe(true);
  }
  expect(all.drawn("train", 50, "some")).toEqual(all.drawn("train", 50, "some"));
});

test("no text that is learnt or tested is of two days: numbers that are were left out, and words never are", () => {
  const { forms, ambiguous } = all;
  expect(ambiguous.has("5/11/26")).toBe(true);
  expect(ambiguous.has("30/11/26")).toBe(false);
  const dayIn = new Map<string, number>();
  const several = new Set<string>();
  for (const { write } of forms)
    for (let day = dayOf("2023-12-01"); day < dayOf("2025-02-01"); day++) {
      const text = write(day);
      if ((dayIn.get(text) ?? day) !== day) several.add(text);
      dayIn.set(text, day);
    }
  // Words are of one day, also where locales share them: "5. lis 2026." is of October in Croatia, "5 lis 2026" of November in Poland.
  expect([...several].filter((text) => !ambiguous.has(text))).toEqual([]);
  expect(several.size).toBeGreaterThan(100);
  expect(all.drawn("train", 2000, "others").filter(({ text }) => ambiguous.has(text))).toEqual([]);
});

test("texts are as they would be typed, and days are days", () => {
  expect(plain("  Lundi\u202f30 \u200fNovembre ２０２６ ")).toBe("lundi 30 novembre 2026");
  expect([isoOf(0), isoOf(firstDay), isoOf(firstDay + days - 1), dayOf("1970-01-02")]).toEqual([
    "1970-01-01",
    "1969-01-01",
    "2068-12-31",
    1,
  ]);
  expect([isNumeric("30. 11. 2026"), isNumeric("2026年11月30日")]).toEqual([true, false]);
});

test("the decoder reads the date one behind what it is to say", () => {
  const some = all.drawn("train", 5, "pairs");
  const vocabularies = vocabulariesOf(some);
  const { x, y, lengths } = pairsOf(some, vocabularies);
  expect([x.target.shape, y.next.shape]).toEqual([[5, 11], [5, 11]]); // prettier-ignore
  some.forEach(({ text, iso }, row) => {
    const steps = x.source.shape[1] ?? 0;
    expect(vocabularies.source.decode(x.source.data.subarray(row * steps, row * steps + (lengths.source[row] ?? 0)))).toBe(text);
    const [read, said] = [x.target.data, y.next.data].map((data) => Array.from(data.subarray(row * 11, row * 11 + 11)));
    expect(vocabularies.target.decode(said ?? [])).toBe(iso);
    expect(read?.slice(1)).toEqual(said?.slice(0, -1));
    expect(read?.[0]).toBe(vocabularies.target.indices.start);
  });
});

test("the rule picks numbers of any script by their order, and guesses the month of a word", () => {
  const frequent = { date: "1999-12-31", month: "07" };
  expect(byNumbers("30.11.2026", frequent)).toBe("2026-11-30");
  expect(byNumbers("11/30/26", frequent)).toBe("2026-11-30");
  expect(byNumbers("2026/11/5", frequent)).toBe("2026-11-05");
  expect(byNumbers("31/1/69", frequent)).toBe("1969-01-31");
  expect(byNumbers("٣٠/١١/٢٠٢٦", frequent)).toBe("2026-11-30");
  expect(byNumbers("lundi 30 novembre 2026", frequent)).toBe("2026-07-30");
  expect(byNumbers("no number", frequent)).toBe("1999-12-31");
  const [one] = all.drawn("train", 1, "one");
  expect(mostFrequent([one, one].flatMap((sample) => sample ?? []))).toEqual({ date: one?.iso, month: one?.iso.slice(5, 7) });
});
