// The process of one contender: it does what it is asked, and ends with whoever started it.
import { contenders } from "../contenders/index.ts";
import { answering } from "./answering.ts";
import { memoryOf } from "./memory.ts";
import type { Call } from "./protocol.ts";

const answer = answering({
  contenders,
  memory: { now: () => process.memoryUsage.rss(), peak: peakOfProcess },
  heap: { collected, now: () => process.memoryUsage().heapUsed },
});

process.on("disconnect", () => process.exit());
process.on("message", (call: Call) => void answer(call).then((told) => process.send!(told)));

function collected(): number {
  globalThis.gc!(); // by `heapFlags`
  return process.memoryUsage().heapUsed;
}

/** In bytes. Linux hands down `maxRSS` of who started the process, and so is asked for this address space alone. */
function peakOfProcess(): number {
  return memoryOf(process.pid)?.peak ?? 1024 * process.resourceUsage().maxRSS;
}
