// The parent's end of a place where a contender runs.
import type { Question, Questions, Reply } from "./protocol.ts";

export interface Contending {
  /** Rejects with `Failed`: the contender's own reason, or that it died or does not answer. */
  ask<Q extends Question>(question: Q, asked: Questions[Q]["asked"]): Promise<Questions[Q]["told"]>;
  /** Ends it whatever it does; once more does nothing. */
  end(): Promise<void>;
}

/** A reason for not taking part, or no longer. */
export class Failed extends Error {
  readonly notInstalled: boolean;
  constructor(reason: string, notInstalled = false) {
    super(reason);
    this.notInstalled = notInstalled;
  }
}

/** What `received` tells. Throws `Failed`. */
export function told<Q extends Question>(received: Reply<unknown>): Questions[Q]["told"] {
  if ("failed" in received) throw new Failed(received.failed, received.notInstalled);
  return received.told as Questions[Q]["told"]; // as answering.ts answers this question
}

/** Milliseconds for an answer, beyond the time that was asked for. To get ready takes much less for all that is worth timing; the oracle may be slow. */
const patience = (question: Question): number => (question === "prepare" ? 60_000 : 300_000);

/** Settles as `promise`, the answer to `question`, does; rejects with `Failed` if that takes too long. */
export async function within<T>(promise: Promise<T>, question: Question, asked: object): Promise<T> {
  const limit = patience(question) + ("ms" in asked && typeof asked.ms === "number" ? asked.ms : 0);
  if (!Number.isFinite(limit)) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failed(lateText(question, limit))), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function lateText(question: Question, ms: number): string {
  return `${question === "prepare" ? "was not ready and through its first run" : "did not answer"} within ${ms / 1000} s`;
}
