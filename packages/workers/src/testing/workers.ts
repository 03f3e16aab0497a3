// For tests in a browser: sees the workers that backends start, to end them at will, and lets a script run in each ahead of its own.
import { afterEach } from "vitest";

interface Started {
  postMessage(message: object): void;
  terminate(): void;
  addEventListener(type: "error", listener: (event: { readonly message: string }) => void): void;
}
const page = globalThis as unknown as { Worker: new (url: string | URL, options: object) => Started };
const original = page.Worker;
const all: Started[] = [];
/** What workers threw and nobody caught. */
export const uncaught: string[] = [];
let ahead: string | undefined;

page.Worker = class extends original {
  constructor(url: string | URL, options: object) {
    super(ahead === undefined ? url : moduleOf(`import "${moduleOf(ahead)}"; import "${String(url)}";`), options);
    this.addEventListener("error", ({ message }) => uncaught.push(message));
    all.push(this);
  }
};

function moduleOf(script: string): string {
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

/** The last so many workers that were started. */
export const started = (count: number): readonly Started[] => all.slice(-count);

/** Workers that `start` starts run this script first. */
export async function withScript<T>(script: string, start: () => Promise<T>): Promise<T> {
  ahead = script;
  return start().finally(() => (ahead = undefined));
}

afterEach(() => {
  for (const worker of all.splice(0)) worker.terminate();
  uncaught.length = 0;
});
