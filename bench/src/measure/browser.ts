// Contenders in pages of a real Chromium: the same questions, put to a page instead of a process.
import { extname } from "node:path";
import { type Contending, Failed, told, within } from "./contending.ts";
import { type Chromium, findChromium, type Instance, launch, processesOf } from "./chromium.ts";
import { growthOf } from "./memory.ts";
import type { Call, Question, Questions, Reply } from "./protocol.ts";
import { reasonOf } from "./reason.ts";
import { type Site, serve } from "./site.ts";

export interface Browser {
  /** "Chromium 147.0.7727.24"; absent where there is none. */
  readonly version?: string;
  /** A page in a browser of its own: what is under way on the GPU ends with its browser, not with its page. */
  start(): Contending;
  close(): Promise<void>;
}

/** The browser that scripts/chromium.mjs finds. Where none runs, one that refuses every contender with the reason. */
export async function openBrowser(): Promise<Browser> {
  const found = await findChromium();
  if ("reason" in found) return noBrowser(found.reason);
  try {
    return await opened(found);
  } catch (error) {
    return noBrowser(`the browser does not start: ${reasonOf(error)}`);
  }
}

export function noBrowser(reason: string): Browser {
  return { start: () => ({ ask: () => Promise.reject(new Failed(reason)), end: async () => {} }), close: async () => {} };
}

async function opened(chromium: Chromium): Promise<Browser> {
  const trial = await launch(chromium);
  const version = `Chromium ${trial.version()}`;
  await trial.close();
  const site = await serve(new URL(`inPage${extname(import.meta.url)}`, import.meta.url)); // in sources as in what is built of them
  return { version, start: () => contend(chromium, site), close: site.close };
}

function contend(chromium: Chromium, { url }: Site): Contending {
  const instance = launch(chromium);
  const opened = instance.then((one) => ready(one, url));
  opened.catch(() => {}); // told when it is asked
  return {
    async ask<Q extends Question>(question: Q, asked: Questions[Q]["asked"]) {
      const reply = opened.then(({ answer, crashed }) => Promise.race([crashed, answer({ question, asked })]));
      return told<Q>(await within(reply.catch(fail), question, asked));
    },
    async end() {
      await instance.then((one) => one.close()).catch(() => {}); // it may never have started
    },
  };
}

async function ready(instance: Instance, url: string) {
  const page = await instance.newPage();
  const crashed = new Promise<never>((_, reject) => page.once("crash", () => reject(new Error("its page crashed"))));
  crashed.catch(() => {}); // told when it is asked
  await page.goto(url);
  await page.waitForFunction(() => "answer" in globalThis);
  const growth = growthOf(await processesOf(instance));
  const answer = async (call: Call): Promise<Reply<unknown>> =>
    call.question === "memory" ? { told: growth() } : page.evaluate(put, call); // of its own process no page can tell
  return { answer, crashed };
}

/** Runs in the page. */
function put(call: Call): Promise<Reply<unknown>> {
  return (globalThis as unknown as { answer(call: Call): Promise<Reply<unknown>> }).answer(call); // by inPage.ts
}

function fail(error: unknown): never {
  throw new Failed(reasonOf(error));
}
