// The backends that can be asked for by name. Only the one asked for is loaded; a further one is a further line.
import type { Backend } from "@sluice/core";

const backends = {
  cpu: async () => (await import("@sluice/cpu")).open(),
  workers: async () => (await import("@sluice/workers")).open(),
  reference: async () => (await import("@sluice/core/reference")).open(),
} satisfies Record<string, () => Promise<Backend>>;

export type BackendName = keyof typeof backends;
export const backendNames = Object.keys(backends) as BackendName[];

/** The caller closes it. Throws BACKEND_UNAVAILABLE where it cannot run. */
export function openBackend(name: BackendName): Promise<Backend> {
  return backends[name]();
}
