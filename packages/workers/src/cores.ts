// How many cores this process may use.

/** Those the system lets it run on, within the quotas of its containers; in a browser what it tells. */
export function coresAvailable(): number {
  const { getBuiltinModule } = globalThis.process ?? {};
  if (getBuiltinModule === undefined) return (globalThis as unknown as Navigating).navigator?.hardwareConcurrency ?? 1;
  const fs = getBuiltinModule("node:fs");
  const quota = quotaOf((path) => fs.readFileSync(path, "utf8"));
  return Math.max(1, Math.min(getBuiltinModule("node:os").availableParallelism(), Math.ceil(quota))); // which knows of cpusets
}

interface Navigating {
  readonly navigator?: { readonly hardwareConcurrency: number };
}

/** The text of a file; throws where there is none. */
type Read = (path: string) => string;

/**
 * The least quota of the control groups that this process is in, in cores; Infinity without one. Version 2 has `cpu.max`, microseconds per period
 * or "max"; version 1 has them in two files, -1 for none, in a hierarchy of its own. Containers mostly see their own group as the root; others have
 * theirs below it, and a quota of each group on the way counts.
 */
export function quotaOf(read: Read): number {
  const text = tried(read, "/proc/self/cgroup") ?? "";
  const groups = text.split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    if (controllers === "") return ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].flatMap((root) => upwards(root, path));
    if (!controllers.split(",").includes("cpu")) return [];
    return ["/sys/fs/cgroup/cpu", `/sys/fs/cgroup/${controllers}`].flatMap((root) => upwards(root, path));
  });
  const roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"];
  return Math.min(Infinity, ...[...groups, ...roots].map((group) => quotaIn(read, group)));
}

/** The folders of a group and of those around it, within `root`. */
function upwards(root: string, path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return names.map((_, i) => [root, ...names.slice(0, i + 1)].join("/"));
}

function quotaIn(read: Read, group: string): number {
  const second = tried(read, `${group}/cpu.max`)?.trim().split(" ");
  const first = ["quota", "period"].map((name) => tried(read, `${group}/cpu.cfs_${name}_us`));
  return Math.min(...[second ?? [], first].map(([quotaUs, period]) => cores(Number(quotaUs), Number(period))));
}

function cores(quotaUs: number, period: number): number {
  return quotaUs > 0 && quotaUs / period > 0 ? quotaUs / period : Infinity; // "max" is no number, -1 no quota
}

function tried(read: Read, path: string): string | undefined {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}
