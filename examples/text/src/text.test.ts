import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "@sluice/cpu";
import { runCommand } from "@sluice/example-common";
import { afterAll, expect, test } from "vitest";
import { mobyDick } from "./book/mobyDick.ts";
import { trained } from "./contenders/network.ts";
import type { Results } from "./results.ts";
import { serve } from "./serve/serve.ts";
import { command } from "./text.ts";

const folder = await mkdtemp(join(tmpdir(), "text-"));
afterAll(() => rm(folder, { recursive: true }));

const small = ["--chapters", "10", "--units", "8", "--letters", "50", "--backend", "cpu"] as const;

async function run(args: readonly string[], signal: AbortSignal = new AbortController().signal, onWrite?: (text: string) => void) {
  let [said, complained] = ["", ""];
  const write = (text: string): void => {
    said += text;
    onWrite?.(text);
  };
  const code = await runCommand(command, args, { stdout: { write }, stderr: { write: (text) => (complained += text) }, signal });
  return { code, said, complained };
}

const resultsIn = async (out: string) => JSON.parse(await readFile(join(out, "results.json"), "utf8")) as Results;

test("a run that the clock or its user ends goes on by the same command, and comes to what one in one go comes to", async () => {
  const [whole, pieces] = [join(folder, "whole"), join(folder, "pieces")];
  const { code, said, complained } = await run([...small, "--epochs", "2", "--out", whole]);
  expect({ code, complained }).toEqual({ code: 0, complained: "" });
  const results = await resultsIn(whole);
  const { looks, network, comparison, samples } = results;
  expect(looks.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(network.validation).toBeCloseTo(Math.min(...looks.map(({ validation }) => validation)), 1); // in eight stretches, not in 32
  expect(network.test).toBeLessThan(Math.log2(results.characters));
  expect(comparison.ngrams.tried).toHaveLength(16);
  expect(samples.every(({ text }) => text.length === 50)).toBe(true);
  const page = await readFile(join(whole, "report.html"), "utf8");
  for (const part of [/GRU/, /\d-grams/, /brotli/, /gzip/]) for (const told of [page, said]) expect(told).toMatch(part);

  const piece = await run([...small, "--minutes", "0.000001", "--out", pieces]); // amid the first epoch
  expect(piece).toMatchObject({ code: 0, said: expect.stringContaining("goes on from here") as string });
  const halt = new AbortController();
  const first = await run([...small, "--epochs", "2", "--out", pieces], halt.signal, (text) => text.includes("epoch  1") && halt.abort());
  expect(first.code).toBe(130);
  expect((await resultsIn(pieces)).looks).toEqual(looks.slice(0, 1)); // of what there was
  await run([...small, "--epochs", "2", "--out", pieces]);
  expect(await resultsIn(pieces)).toEqual(results);
});

test("letters are streamed to whoever asks: those that the seed says, to a page that asks for nothing else", async () => {
  const { vocabulary } = await mobyDick(10);
  const backend = await open();
  const trainer = await trained(backend, join(folder, "whole", "gru-8-seed-1-chapters-10"));
  const { url, close } = await serve(trainer, vocabulary, 0);
  for (const port of [Number(new URL(url).port), 65_536])
    await expect(serve(trainer, vocabulary, port)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  const asked = new URL("letters?prompt=The&temperature=0.5&seed=3&length=40", url);
  const [once, twice] = await Promise.all([fetch(asked), fetch(asked)].map(async (response) => (await response).text()));
  const events = once?.split("\n\n") ?? [];
  const letters = events.flatMap((event) => (/^data: (".*")$/.exec(event)?.[1] ?? []) as string[]);
  expect(letters.map((letter) => JSON.parse(letter) as string)).toHaveLength(40);
  expect(events.at(-2)).toBe("event: end\ndata: ");
  expect(twice).toBe(once);

  const page = await fetch(url);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await page.text()).not.toMatch(/https?:/);
  const statuses = ["letters?temperature=3", "letters?prompt=", "letters?seed=x", "letters?length=0", "elsewhere"].map(
    async (path) => (await fetch(new URL(path, url))).status,
  );
  expect(await Promise.all(statuses)).toEqual([400, 400, 400, 400, 404]);

  const long = await fetch(new URL("letters?length=10000", url));
  const reader = long.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^data: "/);
  await close(); // amid a text
  trainer.dispose();
  await backend.close();
});

test("a network that was not trained yet is not served, and the fix is told", async () => {
  const { code, complained } = await run([...small, "--serve", "0", "--out", join(folder, "nothing")]);
  expect(code).toBe(1);
  expect(complained).toMatch(/FILE_NOT_FOUND.*Train first/);
});
