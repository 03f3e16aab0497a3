// What is used here of Playwright, and where it finds a browser. Playwright's own types need all those of the DOM.

export interface Chromium {
  readonly executablePath: string;
  readonly args: readonly string[];
  /** To add to that of the process. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The first browser that runs here, otherwise the reason why none does. */
export async function findChromium(): Promise<Chromium | { readonly reason: string }> {
  const script = new URL("../../../scripts/chromium.mjs", import.meta.url).href; // outside every package
  return ((await import(script)) as { findChromium: typeof findChromium }).findChromium();
}

/** Ctrl-C does not reach it: what that means, the benchmark decides. */
export async function launch({ executablePath, args, environment }: Chromium): Promise<Instance> {
  const name: string = "playwright";
  const { chromium } = (await import(name)) as { chromium: { launch(options: object): Promise<Instance> } };
  return chromium.launch({ executablePath, args, env: { ...process.env, ...environment }, handleSIGINT: false });
}

export interface Instance {
  version(): string;
  newContext(): Promise<Session>;
  close(): Promise<void>;
}

/** Pages that share nothing with those of other sessions. */
export interface Session {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  goto(url: string): Promise<unknown>;
  once(event: "crash", listener: () => void): void;
  waitForFunction(condition: () => boolean): Promise<unknown>;
  /** Runs `act` in the page: it may use nothing from around it. */
  evaluate<A, R>(act: (given: A) => Promise<R>, given: A): Promise<R>;
}
