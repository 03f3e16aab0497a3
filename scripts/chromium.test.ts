import { existsSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { findChromium } from "./chromium.mjs";

afterEach(() => vi.unstubAllEnvs());

test("a Chromium is found, or the reason why none runs", async () => {
  const found = await findChromium();
  if ("reason" in found) expect(found.reason).toMatch(/^no Chrome or Chromium is installed, and the packaged one /);
  else expect(existsSync(found.executablePath)).toBe(true);
});

test("one that is asked for and not there is the reason", async () => {
  vi.stubEnv("SLUICE_CHROMIUM", "/nowhere/chromium");
  expect(await findChromium()).toEqual({ reason: "SLUICE_CHROMIUM names /nowhere/chromium, which is not there" });
});
