import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { workloads } from "../workloads/index.ts";
import { judge } from "./agreement.ts";
import { noBrowser, openBrowser } from "./browser.ts";
import { findChromium } from "./chromium.ts";

const found = await findChromium();
const workload = workloads.find(({ name }) => name === "matmul-512")!;
const text = (pattern: RegExp) => expect.stringMatching(pattern) as string;
const threads = availableParallelism() > 1 ? /[2-9]\d* threads$/ : /1 thread$/;

test.for<readonly [string, object]>([
  ["cpu", { version: "@sluice/cpu", threads: 1, executor: text(/simd/) }],
  ["workers", { version: "@sluice/workers", executor: text(threads) }],
  ["webgl", { version: text(/^@sluice\/webgl (on|in software)/), threads: null, executor: "gpu.js webgl2" }],
])("%s says what runs, answers and is timed in an isolated page of a real Chromium", async ([contender, said], { skip }) => {
  if ("reason" in found) skip(found.reason);
  const browser = await openBrowser();
  const page = browser.start();
  try {
    expect(await page.ask("prepare", { contender, workload: workload.name })).toMatchObject(said);
    expect(judge(await page.ask("answer", {}), workload.expected(), workload.tolerance)).not.toHaveProperty("reason");
    for (const ms of await page.ask("turn", { ms: 1 })) expect(ms).toBeGreaterThan(0);
    const memory = await page.ask("memory", {});
    if (process.platform === "linux") expect(memory).toBeGreaterThan(3 * 512 ** 2 * 4); // what it is given and what it gives
    else expect(memory).toBeNull();
    expect(browser.version).toMatch(/^Chromium \d/);
  } finally {
    await page.end();
    await browser.close();
  }
});

test("who is not there is told as in a process, and an end may come twice", async ({ skip }) => {
  if ("reason" in found) skip(found.reason);
  const browser = await openBrowser();
  const page = browser.start();
  await expect(page.ask("prepare", { contender: "nobody", workload: workload.name })).rejects.toThrow("there is no nobody here");
  await page.end();
  await page.end();
  await browser.close();
});

test("where there is no browser, whoever needs one says why it has none", async () => {
  const browser = noBrowser("runs in a page: add --browser");
  await expect(browser.start().ask("answer", {})).rejects.toThrow("runs in a page: add --browser");
  expect(browser).not.toHaveProperty("version");
});
