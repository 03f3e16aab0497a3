// Where the bars of a workload stand in the page.

/** Names of workloads are letters, digits and dashes. */
export function barsId(workload: string): string {
  return `bars-${workload.replaceAll(/[^\w-]/g, "-")}`;
}
