import fc from "fast-check";
import { expect, test } from "vitest";
import { quotaOf } from "./cores.ts";

/** Reads of these files alone. */
const reading =
  (files: Record<string, string>) =>
  (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  };

test.each([
  ["no control groups", {}, Infinity],
  ["version 2, no quota", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n" }, Infinity],
  ["version 2, in a container", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n" }, 1.5],
  [
    "version 2, a service within a slice with less",
    {
      "/proc/self/cgroup": "0::/a.slice/b.service\n",
      "/sys/fs/cgroup/a.slice/cpu.max": "100000 100000\n",
      "/sys/fs/cgroup/a.slice/b.service/cpu.max": "400000 100000\n",
    },
    1,
  ],
  ["version 1, no quota", { "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n" }, Infinity],
  [
    "version 1, in a container, whose own group stands at the root",
    {
      "/proc/self/cgroup": "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    2,
  ],
  [
    "version 1, a group below the root, in a folder named by both controllers",
    {
      "/proc/self/cgroup": "4:cpu,cpuacct:/jobs/1\n0::/jobs\n",
      "/sys/fs/cgroup/cpu,cpuacct/jobs/1/cpu.cfs_quota_us": "50000\n",
      "/sys/fs/cgroup/cpu,cpuacct/jobs/1/cpu.cfs_period_us": "100000\n",
    },
    0.5,
  ],
  ["files that say nonsense", { "/proc/self/cgroup": "nonsense\n::", "/sys/fs/cgroup/cpu.max": "\n" }, Infinity],
])("the quota is found: %s", (_, files, quota) => {
  expect(quotaOf(reading(files))).toBe(quota);
});

test("a quota is above 0, whatever the files say", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (groups, quota) => {
      expect(quotaOf((path) => (path === "/proc/self/cgroup" ? groups : quota))).toBeGreaterThan(0);
    }),
  );
});
