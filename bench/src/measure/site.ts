// A module and all it imports as a page that is isolated, so that it may share memory between threads.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Bundles the module in memory and serves it on this machine alone. */
export async function serve(entry: URL): Promise<Site> {
  const files = await bundled(fileURLToPath(entry));
  const server = createServer(({ url = "/" }, response) => {
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200, { ...isolated, "Content-Type": typeOf(url) });
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // of a server that listens to a port
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Without these there is no SharedArrayBuffer, and the clock is coarser. */
const isolated = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** By path. */
async function bundled(entry: string): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { build } = await import("vite");
  const output = await build({
    configFile: false,
    root: dirname(entry),
    logLevel: "silent",
    worker: { format: "es" },
    build: { write: false, target: "esnext", modulePreload: false, rolldownOptions: { input: entry } },
  });
  if (!("output" in output)) throw new Error("internal: one input gives one output");
  const files = new Map<string, string | Uint8Array>();
  for (const file of output.output) files.set(`/${file.fileName}`, file.type === "chunk" ? file.code : file.source);
  const script = output.output.find((file) => file.type === "chunk" && file.isEntry)!.fileName;
  files.set("/", `<!doctype html><meta charset="utf-8"><script type="module" src="/${script}"></script>`);
  return files;
}

function typeOf(path: string): string {
  if (path.endsWith(".js")) return "text/javascript";
  return path.endsWith(".wasm") ? "application/wasm" : "text/html";
}
