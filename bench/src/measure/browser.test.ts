import { expect, test } from "vitest";
import { workloads } from "../workloads/index.ts";
import { judge } from "./agreement.ts";
import { noBrowser, openBrowser } from "./browser.ts";
import { findChromium } from "./chromium.ts";

test("backends answer and are timed in an isolated page of a real Chromium", async ({ skip }) => {
  const found = await findChromium();
  if ("reason" in found) skip(found.reason);
  const browser = await openBrowser();
  const page = browser.start();
  try {
    const workload = workloads.find(({ name }) => name === "matmul-32-64-512")!;
    await expect(page.ask("prepare", { contender: "nobody", workload: workload.name })).rejects.toThrow("there is no nobody here");
    const prepared = await page.ask("prepare", { contender: "reference", workload: workload.name });
    expect(prepared).toMatchObject({ version: expect.any(String) as string, threads: expect.any(Number) as number });
    expect(judge(await page.ask("answer", {}), workload.expected(), workload.tolerance)).not.toHaveProperty("reason");
    const times = await page.ask("turn", { ms: 1 });
    for (const ms of times) expect(ms).toBeGreaterThan(0);
    expect(await page.ask("memory", {})).toBeNull();
    expect(browser.version).toMatch(/^Chromium \d/);
  } finally {
    await page.end();
    await browser.close();
  }
});

test("where there is no browser, whoever needs one says why it has none", async () => {
  const browser = noBrowser("runs in a page: add --browser");
  await expect(browser.start().ask("answer", {})).rejects.toThrow("runs in a page: add --browser");
  expect(browser).not.toHaveProperty("version");
});
