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

/** On a GPU where it finds one. Ctrl-C does not reach it: what that means, the benchmark decides. */
export async function launch({ executablePath, args, environment }: Chromium): Promise<Instance> {
  const name: string = "playwright";
  const { chromium } = (await import(name)) as { chromium: { launch(options: object): Promise<Instance> } };
  const own = args.filter((arg) => !/^--use-(gl|angle)=/.test(arg)); // those choose software everywhere, as tests want it
  return chromium.launch({ executablePath, args: own, env: { ...process.env, ...environment }, handleSIGINT: false });
}

/** The processes that compute for its pages: their own, and the one that draws, which runs WebGL. */
export async function processesOf(instance: Instance): Promise<readonly number[]> {
  const inspector = await instance.newBrowserCDPSession();
  const { processInfo } = await inspector.send("SystemInfo.getProcessInfo");
  await inspector.detach();
  return processInfo.filter(({ type }) => type === "renderer" || type === "GPU").map(({ id }) => id);
}

export interface Instance {
  version(): string;
  newPage(): Promise<Page>;
  newBrowserCDPSession(): Promise<Inspector>;
  close(): Promise<void>;
}

/** Of the Chrome DevTools Protocol. */
export interface Inspector {
  send(method: "SystemInfo.getProcessInfo"): Promise<{ readonly processInfo: readonly { readonly type: string; readonly id: number }[] }>;
  detach(): Promise<void>;
}

export interface Page {
  goto(url: string): Promise<unknown>;
  once(event: "crash", listener: () => void): void;
  waitForFunction(condition: () => boolean): Promise<unknown>;
  /** Runs `act` in the page: it may use nothing from around it. */
  evaluate<A, R>(act: (given: A) => Promise<R>, given: A): Promise<R>;
}
