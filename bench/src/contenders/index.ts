// Every contender there is. A further one is a further line.
import type { Contender } from "./contender.ts";
import { sluice } from "./sluice/sluice.ts";
import { tfjsCpu } from "./tfjsCpu.ts";

export const contenders: readonly Contender[] = [
  sluice("cpu", async () => (await import("@sluice/cpu")).open()),
  sluice("reference", async () => (await import("@sluice/core/reference")).open(), { usual: false }), // some hundred times slower
  tfjsCpu,
];
