import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { replaceFile } from "./replaceFile.ts";

/** What the file system was asked to do, in order; before each, `interrupt` may throw. */
const calls: string[] = [];
let interrupt: () => void = () => undefined;

function watched<T extends object>(owner: T, label: (name: string) => string): T {
  return new Proxy(owner, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || typeof name !== "string") return method;
      return async (...given: unknown[]) => {
        calls.push(label(name));
        if (name === "close") await Reflect.apply(method, target, given); // also where it fails: no other file is to be kept open
        interrupt();
        if (name === "close") return undefined;
        const result: unknown = await Reflect.apply(method, target, given);
        return name === "open" ? watched(result as object, (verb) => `${verb} ${basename(String(given[0]))}`) : result;
      };
    },
  });
}

// Node's own functions are changed and put back, not vitest's module: other test files share what has imported it.
const real = { ...files };
beforeAll(() => {
  const verbs = watched(real, (name) => name);
  put(Object.fromEntries(Object.keys(real).map((name) => [name, Reflect.get(verbs, name)])));
});
function put(functions: object): void {
  Object.assign(files, functions);
  syncBuiltinESMExports();
}

const folder = mkdtempSync(join(tmpdir(), "sluice-"));
afterAll(() => {
  put(real);
  rmSync(folder, { recursive: true });
});
const path = join(folder, "model");
const older = "an older file",
  newer = "a newer file";
const pieces = [newer.slice(0, 5), newer.slice(5)].map((text) => new TextEncoder().encode(text));

function begin(): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  writeFileSync(path, older);
  chmodSync(path, 0o640);
  calls.length = 0;
  interrupt = () => undefined;
}

/** How many times the file system is asked in a replacement that succeeds. */
async function callsOfOne(): Promise<number> {
  begin();
  await replaceFile(path, pieces);
  return calls.length;
}

test("the file is on the disk before it has its name, and its name is on the disk in the end", async () => {
  await callsOfOne();
  const part = calls.findIndex((call) => /^write sluice-.*\.part$/.test(call));
  const at = (call: RegExp): number => calls.findIndex((other, i) => i > part && call.test(other));
  const order = [
    part,
    at(/^chmod sluice-.*\.part$/),
    at(/^sync sluice-.*\.part$/),
    at(/^rename$/),
    calls.indexOf(`sync ${basename(folder)}`),
  ];
  expect(part).toBeGreaterThan(0);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(readFileSync(path, "utf8")).toBe(newer);
});

test("a process that ends at any moment leaves the old file or the new one, whole and with its mode", async () => {
  const moments = await callsOfOne();
  for (let moment = 1; moment <= moments; moment++) {
    begin();
    interrupt = () => {
      if (calls.length >= moment) throw new Error("the process has ended"); // and nothing is done after it
    };
    await replaceFile(path, pieces).catch(() => undefined);
    expect([older, newer], `moment ${moment}`).toContain(readFileSync(path, "utf8"));
    expect(statSync(path).mode & 0o777).toBe(0o640);
  }
});

test("whatever fails, the file is the old or the new one and nothing is left beside it", async () => {
  const moments = await callsOfOne();
  let failed = 0;
  for (let moment = 1; moment <= moments; moment++) {
    begin();
    interrupt = () => {
      if (calls.length === moment) throw Object.assign(new Error("no"), { code: "EIO" });
    };
    const done = await replaceFile(path, pieces).then(() => true, () => false); // prettier-ignore
    if (!done) failed++;
    if (done) expect(readFileSync(path, "utf8")).toBe(newer);
    expect([older, newer], `moment ${moment}`).toContain(readFileSync(path, "utf8"));
    expect(readdirSync(folder), `after ${calls.slice(0, moment).join(", ")}`).toEqual(["model"]);
  }
  expect(failed).toBeGreaterThan(8);
});
