// The parent's end of a contender's process.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Contending, told, within } from "./contending.ts";
import type { Question, Questions, Reply } from "./protocol.ts";

/** Starts a process that knows all contenders and workloads and has loaded none. */
export function startProcess(flags: readonly string[] = []): Contending {
  const child = fork(fileURLToPath(new URL("child.js", import.meta.url)), {
    execArgv: [...flags],
    serialization: "advanced",
    detached: process.platform !== "win32", // a terminal sends Ctrl-C to the whole group; what it means, the parent decides
    stdio: ["ignore", "ignore", "pipe", "ipc"], // what libraries print is not ours to show, save their last words
  });
  let lastWords = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (lastWords = (lastWords + text).slice(-2000)));
  let settle: ((reply: Reply<unknown>) => void) | undefined;
  const reply = (received: Reply<unknown>): void => {
    settle?.(received);
    settle = undefined;
  };
  const gone = (what: string): void => reply({ failed: `${what}${lastLine(lastWords)}`, notInstalled: false });
  child.on("message", reply);
  child.on("error", (error) => gone(error.message));
  child.on("close", (code, signal) => gone(`ended with ${signal ?? `code ${code}`}`));

  return {
    async ask<Q extends Question>(question: Q, asked: Questions[Q]["asked"]) {
      const answered = new Promise<Reply<unknown>>((resolve) => (settle = resolve));
      if (child.connected) child.send({ question, asked });
      else gone("is gone");
      return told<Q>(await within(answered, question, asked));
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function lastLine(text: string): string {
  const line = text
    .trim()
    .split("\n")
    .findLast((candidate) => /Error/.test(candidate));
  return line === undefined ? "" : `: ${line.trim()}`;
}
