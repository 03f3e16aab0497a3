// Every backend of ours. A page imports this too: nothing here may need Node.
import type { Contender } from "./contender.ts";
import { sluice } from "./sluice/sluice.ts";
import { rendererOfPage, rendererText } from "./webgl/renderer.ts";

export const backends: readonly Contender[] = [
  sluice("cpu", async () => (await import("@sluice/cpu")).open()),
  sluice("workers", async () => (await import("@sluice/workers")).open()),
  sluice("webgl", async () => (await import("@sluice/webgl")).open(), {
    where: ["page"],
    threads: null,
    on: () => rendererText(rendererOfPage()),
  }),
  sluice("reference", async () => (await import("@sluice/core/reference")).open(), { usual: false }), // some hundred times slower
];
