// A network that writes, over HTTP: a page, and letters as server-sent events.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SluiceError } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import type { Vocabulary } from "@sluice/data";
import type { Trainer } from "@sluice/nn";
import { write, type WritingOptions } from "../writing.ts";
import { html, script } from "./page.ts";

export interface Serving {
  readonly url: string;
  /** Ends what is being written, and resolves once nobody is connected. */
  close(): Promise<void>;
}

/** Serves this machine alone, 127.0.0.1; port 0 is any that is free. Throws INVALID_ARGUMENT where it is taken, or is none. The trainer must live until it is closed. */
export async function serve(trainer: Trainer, vocabulary: Vocabulary, port: number): Promise<Serving> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw refused("serve", "port", port, "a whole number of 0 to 65535");
  const halt = new AbortController();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    if (request.method !== "GET") return answer(response, 405, "text/plain", "GET alone is answered.\n");
    if (pathname === "/") return answer(response, 200, "text/html", html);
    if (pathname === "/write.js") return answer(response, 200, "text/javascript", script);
    if (pathname !== "/letters") return answer(response, 404, "text/plain", "There is / and /letters.\n");
    const asked = askedOf(searchParams);
    if (typeof asked === "string") return answer(response, 400, "text/plain", `${asked}\n`);
    void letters(trainer, vocabulary, { asked, response, signal: halt.signal });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((cause: unknown) => {
    const what = `port ${port} cannot be listened to: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "serve", what, fix: "Name another, or 0 for any", facts: { port }, cause });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, // of a port, as it was asked for
    async close() {
      halt.abort();
      server.close();
      server.closeIdleConnections();
      await once(server, "close");
    },
  };
}

type Asked = Omit<WritingOptions, "signal">;

/** What is asked for, or what is wrong with it. */
function askedOf(parameters: URLSearchParams): Asked | string {
  const number = (name: string, initial: number): number => Number(parameters.get(name) ?? initial);
  const prompt = parameters.get("prompt") ?? "The whale ";
  const [temperature, seed, length] = [number("temperature", 0.7), number("seed", 1), number("length", 1000)];
  if (prompt === "" || prompt.length > 1000) return "prompt must have 1 to 1000 characters.";
  if (!(temperature >= 0 && temperature <= 2)) return "temperature must be 0 to 2.";
  if (!Number.isSafeInteger(seed) || seed < 0) return "seed must be a whole number of at least 0.";
  if (!Number.isSafeInteger(length) || length < 1 || length > 10_000) return "length must be a whole number of 1 to 10000.";
  return { prompt, temperature, seed, length };
}

interface Answering {
  readonly asked: Asked;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** A letter is an event whose data is a JSON text; "end" follows the last. Whoever goes away is written to no longer. */
async function letters(trainer: Trainer, vocabulary: Vocabulary, { asked, response, signal: halted }: Answering): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const signal = AbortSignal.any([halted, gone.signal]);
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    connection: "close",
    ...guards,
  });
  try {
    for await (const letter of write(trainer, vocabulary, { ...asked, signal }))
      if (!response.write(`data: ${JSON.stringify(letter)}\n\n`)) await once(response, "drain", { signal });
    response.write("event: end\ndata: \n\n");
  } catch (error) {
    if (!signal.aborted) response.write(`event: error\ndata: ${JSON.stringify(String(error))}\n\n`);
  } finally {
    response.end();
  }
}

/** Nothing but the page's own. */
const guards = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src data:",
  "x-content-type-options": "nosniff",
} as const;

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, ...guards }).end(body);
}
