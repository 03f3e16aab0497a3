// Contenders in pages of a real Chromium: the same questions, put to a page instead of a process.
import { extname } from "node:path";
import { type Contending, Failed, told, within } from "./contending.ts";
import { type Chromium, findChromium, type Instance, launch, type Session } from "./chromium.ts";
import type { Call, Question, Questions, Reply } from "./protocol.ts";
import { reasonOf } from "./reason.ts";
import { type Site, serve } from "./site.ts";

export interface Browser {
  /** "Chromium 147.0.7727.24"; absent where there is none. */
  readonly version?: string;
  /** A page with a renderer process of its own. */
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
  const site = await serve(new URL(`inPage${extname(import.meta.url)}`, import.meta.url)); // in sources as in what is built of them
  const instance = await launch(chromium).catch(async (error: unknown) => {
    await site.close();
    throw error;
  });
  return {
    version: `Chromium ${instance.version()}`,
    start: () => contend(instance, site),
    async close() {
      await Promise.all([instance.close(), site.close()]);
    },
  };
}

function contend(instance: Instance, { url }: Site, patience = 300_000): Contending {
  const context = instance.newContext(); // with a renderer of its own
  const opened = context.then((one) => ready(one, url));
  opened.catch(() => {}); // told when it is asked
  return {
    async ask<Q extends Question>(question: Q, asked: Questions[Q]["asked"]) {
      const call: Call = { question, asked };
      const reply = opened.then(({ page, crashed }) => Promise.race([crashed, page.evaluate(put, call)]));
      return told<Q>(await within(reply.catch(fail), patience, asked));
    },
    async end() {
      await context.then((one) => one.close()).catch(() => {}); // the browser may be gone before it
    },
  };
}

async function ready(context: Session, url: string) {
  const page = await context.newPage();
  const crashed = new Promise<never>((_, reject) => page.once("crash", () => reject(new Error("its page crashed"))));
  crashed.catch(() => {}); // told when it is asked
  await page.goto(url);
  await page.waitForFunction(() => "answer" in globalThis);
  return { page, crashed };
}

/** Runs in the page. */
function put(call: Call): Promise<Reply<unknown>> {
  return (globalThis as unknown as { answer(call: Call): Promise<Reply<unknown>> }).answer(call); // by inPage.ts
}

function fail(error: unknown): never {
  throw new Failed(reasonOf(error));
}
