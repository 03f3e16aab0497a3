// The process of one contender: it does what it is asked, and ends with whoever started it.
import { readFileSync } from "node:fs";
import { contenders } from "../contenders/index.ts";
import { answering } from "./answering.ts";
import type { Call } from "./protocol.ts";

const answer = answering({
  contenders,
  memory: { now: () => process.memoryUsage.rss(), peak: peakOfProcess },
  heap: { collected, now: () => process.memoryUsage().heapUsed },
});

process.on("disconnect", () => process.exit());
process.on("message", async (call: Call) => process.send!(await answer(call)));

function collected(): number {
  globalThis.gc!(); // by `heapFlags`
  return process.memoryUsage().heapUsed;
}

/** In bytes. Linux hands down `maxRSS` of who started the process; what it says of this address space alone is VmHWM (proc(5)). */
function peakOfProcess(): number {
  const kilobytes = process.platform === "linux" ? /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] : undefined;
  return 1024 * Number(kilobytes ?? process.resourceUsage().maxRSS);
}
