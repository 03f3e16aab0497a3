// The parent's end of a contender's process.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Question, Questions, Reply } from "./protocol.ts";

export interface Contending {
  /** Rejects with the contender's own reason, where it dies, and where it takes longer than `patience` beyond the time it was given. */
  ask<Q extends Question>(question: Q, asked: Questions[Q]["asked"]): Promise<Questions[Q]["told"]>;
  end(): Promise<void>;
}

/** A contender's own reason for not taking part. */
export class Failed extends Error {
  readonly notInstalled: boolean;
  constructor(reason: string, notInstalled = false) {
    super(reason);
    this.notInstalled = notInstalled;
  }
}

/** Starts a process that knows all contenders and workloads and has loaded none. `patience` in milliseconds, per question. */
export function contend(flags: readonly string[] = [], patience = 300_000): Contending {
  const child = fork(fileURLToPath(new URL("child.js", import.meta.url)), {
    execArgv: [...flags],
    serialization: "advanced",
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
      const limit = patience + ("ms" in asked ? asked.ms : 0);
      const timer = Number.isFinite(limit) ? setTimeout(() => gone(`did not answer within ${limit / 1000} s`), limit) : undefined;
      if (child.connected) child.send({ question, asked });
      else gone("is gone");
      const received = await answered;
      clearTimeout(timer);
      if ("failed" in received) throw new Failed(received.failed, received.notInstalled);
      return received.told as Questions[Q]["told"]; // as child.ts answers this question
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
