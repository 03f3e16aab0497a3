// How many cores this process may use.

/** Those the system lets it run on, within the quota of its container (cgroup v2 `cpu.max`: microseconds per period); in a browser what it tells. */
export function coresAvailable(): number {
  const { getBuiltinModule } = globalThis.process ?? {};
  if (getBuiltinModule === undefined) return (globalThis as unknown as Navigating).navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(getBuiltinModule("node:os").availableParallelism(), quota(getBuiltinModule("node:fs"))));
}

interface Navigating {
  readonly navigator?: { readonly hardwareConcurrency: number };
}

function quota(fs: typeof import("node:fs")): number {
  try {
    const [most, period] = fs.readFileSync("/sys/fs/cgroup/cpu.max", "utf8").split(" ").map(Number) as [number, number];
    return Number.isFinite(most / period) ? Math.ceil(most / period) : Infinity;
  } catch {
    return Infinity; // no cgroup v2 here
  }
}
