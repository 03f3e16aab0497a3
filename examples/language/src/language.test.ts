import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random } from "@sluice/core";
import { runCommand } from "@sluice/example-common";
import { afterAll, expect, test } from "vitest";
import { alphabetFrom, alphabetOf, unknown } from "./data/alphabet.ts";
import { declarations } from "./data/declarations.ts";
import { partOf, textsOf } from "./data/parts.ts";
import { drawn, longest, piecesOf, shortest, sourcesOf } from "./data/pieces.ts";
import { difference, judged } from "./judging.ts";
import { command } from "./language.ts";
import { counted, naiveBayes } from "./naiveBayes.ts";
import { relatives } from "./relatives.ts";

const folder = await mkdtemp(join(tmpdir(), "language-"));
afterAll(() => rm(folder, { recursive: true }));
const all = await declarations();

async function run(signal: AbortSignal, ...args: string[]) {
  let [said, complained] = ["", ""];
  const streams = { stdout: { write: (text: string) => (said += text) }, stderr: { write: (text: string) => (complained += text) } };
  const code = await runCommand(command, args, { ...streams, signal });
  return { code, said, complained };
}

const never = new AbortController().signal;
const few = ["--languages", "fin,ell,rus", "--units", "6", "--pieces", "40", "--backend", "cpu"];

test("a short run trains both networks, which tell the languages apart, and the trained one is asked", { timeout: 120_000 }, async () => {
  const out = join(folder, "short");
  const { code, said, complained } = await run(never, ...few, "--epochs", "6", "--out", out);
  expect({ code, complained }).toEqual({ code: 0, complained: "" });
  const results = JSON.parse(await readFile(join(out, "results.json"), "utf8")) as Results;
  for (const { judged: lengths } of [results.naiveBayes, ...results.networks]) {
    expect(lengths.map(({ length }) => length)).toEqual([20, 50, 100, 200]);
    for (const { accuracy } of lengths) expect(accuracy).toBeGreaterThan(0.9);
  }
  const page = await readFile(join(out, "report.html"), "utf8");
  for (const part of ["naive Bayes", "GRU", "LSTM"]) for (const told of [page, said]) expect(told).toContain(part);
  const asked = await run(never, "--say", "Kaikki ihmiset ovat vapaita ja tasavertaisia", "--backend", "cpu", "--out", out);
  expect(asked.said.split("\n")[0]).toContain("Finnish (fin)");
  expect(asked.said.trim().split("\n")).toHaveLength(3);
  expect(await run(never, "--say", "漢字", "--backend", "cpu", "--out", out)).toMatchObject({ code: 1, complained: expect.stringContaining("EMPTY_DATA") }); // prettier-ignore
});

interface Judged {
  readonly judged: readonly { readonly length: number; readonly accuracy: number }[];
}

interface Results {
  readonly naiveBayes: Judged;
  readonly networks: readonly (Judged & {
    readonly title: string;
    readonly history: { readonly epochs: readonly unknown[]; readonly ended: string };
  })[];
}

test("who asks before training is told to train; unknown languages are refused", async () => {
  const none = await run(never, "--say", "hello", "--backend", "cpu", "--out", join(folder, "none"));
  expect(none).toMatchObject({ code: 1, complained: expect.stringContaining("Train one first") });
  const unheard = await run(never, "--languages", "fin,xyz", "--backend", "cpu", "--out", join(folder, "none"));
  expect(unheard).toMatchObject({ code: 1, complained: expect.stringContaining("no whole declaration of xyz") });
});

test("the same seed gives the same numbers", { timeout: 60_000 }, async () => {
  const told = async (name: string) => {
    await run(never, ...few, "--epochs", "1", "--networks", "gru", "--out", join(folder, name));
    return (JSON.parse(await readFile(join(folder, name, "results.json"), "utf8")) as Results).networks.map((one) => one.judged);
  };
  expect(await told("once")).toEqual(await told("again"));
});

test("who interrupts keeps the best that there is, or nothing where there was none", { timeout: 60_000 }, async () => {
  expect((await run(AbortSignal.abort(), ...few, "--out", join(folder, "aborted"))).code).toBe(130);
  const halt = new AbortController();
  const out = join(folder, "halted");
  const stdout = { isTTY: true, write: (text: string) => void (text.includes("GRU 1 of") && halt.abort()) };
  const code = await runCommand(command, [...few, "--epochs", "500", "--out", out], { stdout, stderr: stdout, signal: halt.signal });
  expect(code).toBe(130);
  const results = JSON.parse(await readFile(join(out, "results.json"), "utf8")) as Results;
  expect(results.networks.map(({ title, history }) => [title, history.epochs.length, history.ended])).toEqual([["GRU", 1, "signal"]]);
  expect((await run(never, "--say", "Kaikki ihmiset", "--backend", "cpu", "--out", out)).said).toContain("Finnish (fin)");
});

test("there are at least 60 languages, each with its own code, in several scripts, and all relatives are among them", () => {
  const codes = all.map(({ code }) => code);
  expect(codes.length).toBeGreaterThanOrEqual(60);
  expect(new Set(codes).size).toBe(codes.length);
  expect(relatives.filter((code) => !codes.includes(code))).toEqual([]);
  const scripts = ["Latin", "Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew"];
  const has = scripts.filter((script) =>
    all.some(({ articles }) => new RegExp(`\\p{Script=${script}}{5}`, "u").test(articles.get(1) ?? "")),
  );
  expect(has).toEqual(scripts);
});

test("each article is in one part, and no sentence of the test is learnt from or tuned by", () => {
  const parts = Array.from({ length: 31 }, (_, number) => partOf(number));
  expect(parts.filter((part) => part === "test")).toHaveLength(6);
  expect(parts.filter((part) => part === "validation")).toHaveLength(3);
  const sentences = (declaration: (typeof all)[number], part: "train" | "validation" | "test") =>
    textsOf(declaration, part).flatMap((text) => text.split(/(?<=[.;:։])\s+/u)).filter((sentence) => sentence.length > 25); // prettier-ignore
  const shared = all.flatMap((declaration) => {
    const [test, held] = [new Set(sentences(declaration, "test")), sentences(declaration, "validation")];
    return [...sentences(declaration, "train"), ...held].filter((sentence) => test.has(sentence)).map((sentence) => `${declaration.code}: ${sentence}`); // prettier-ignore
  });
  expect(shared).toEqual([]);
});

test("pieces begin with a word and have just so many characters; what is drawn is of training alone, and of the seed", () => {
  const some = all.slice(0, 5);
  for (const length of [20, 100])
    for (const { text, label } of piecesOf(some, "test", length)) {
      expect(Array.from(text)).toHaveLength(length);
      expect(textsOf(some[label] ?? nobody(), "test").some((whole) => ` ${whole}`.includes(` ${text}`))).toBe(true);
    }
  const pieces = drawn(sourcesOf(some, "train"), 40, random("a"));
  expect(pieces).toHaveLength(200);
  for (const { text, label } of pieces) {
    expect(text.length).toBeGreaterThanOrEqual(shortest);
    expect(text.length).toBeLessThanOrEqual(longest);
    expect(textsOf(some[label] ?? nobody(), "train").some((whole) => whole.includes(text))).toBe(true);
  }
  expect(drawn(sourcesOf(some, "train"), 40, random("a"))).toEqual(pieces);
});

function nobody(): never {
  throw new Error("internal: a label of no declaration");
}

test("an alphabet reads the longest n-gram that it knows and no further than it may", () => {
  const alphabet = alphabetFrom(["abab", "ab c"], { order: 3, minCount: 2 });
  const read = (text: string, reach?: number) =>
    Array.from(alphabet.encode(text, reach === undefined ? undefined : () => reach), (index) => index === unknown ? "?" : alphabet.record.grams[index - 2]); // prettier-ignore
  expect(read("ab")).toEqual([" a", " ab"]);
  expect(read("bax")).toEqual(["b", "a", "?"]);
  expect(read("ab", 1)).toEqual(["a", "b"]);
  expect(read("ab", 0)).toEqual(["?", "?"]);
  expect(alphabetOf(JSON.parse(JSON.stringify(alphabet.record))).encode("abc")).toEqual(alphabet.encode("abc"));
});

test("naive Bayes is Σ log (count + α) / (all + α · kinds), by hand", () => {
  const scores = naiveBayes(counted([["ab"], ["bb", "a"]], 2), { order: 2, alpha: 0.5 })("b");
  // Of one character: " " a b are 1 1 1 of 3, and 2 1 2 of 5; of two: " a" "ab" " b" "bb" are 1 1 0 0 of 2, and 1 0 1 1 of 3. The text is " ", b, " b".
  const first = Math.log(1.5 / 4.5) * 2 + Math.log(0.5 / 4);
  const second = Math.log(2.5 / 6.5) * 2 + Math.log(1.5 / 5);
  expect(Array.from(scores)).toEqual([expect.closeTo(first, 12), expect.closeTo(second, 12)]);
});

test("a difference is the mean over languages, and counts where it is above 1.96 standard errors among them", () => {
  const pieces = [0, 0, 1, 1, 1, 1].map((label) => ({ text: "", label }));
  const [one, other] = [judged(20, pieces, [0, 0, 1, 1, 1, 0]), judged(20, pieces, [0, 1, 1, 1, 0, 0])];
  expect([one.accuracy, other.accuracy]).toEqual([5 / 6, 3 / 6]);
  const { mean, margin, verdict } = difference(pieces, one, other);
  expect([mean, margin]).toEqual([expect.closeTo((1 / 2 + 1 / 4) / 2, 12), expect.closeTo(1.96 * (1 / 8), 12)]);
  expect(verdict).toBe("better");
  expect(difference(pieces, other, other).verdict).toBe("no different");
});
