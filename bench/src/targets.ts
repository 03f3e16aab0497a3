// What the backends are meant to reach, beside each other in one run: at most so many times the time of another on the same work, or so much more.

export interface Target {
  readonly workload: string;
  readonly contender: string;
  /** The other contender; or the peak loop, with the time it would take for the same products. */
  readonly of: string;
  /** The other's workload, where it is another one: then the times per floating-point operation are compared. */
  readonly ofWorkload?: string;
  /** At most so many times the other's time; where it is `in` ms, at most so many milliseconds more. */
  readonly most: number;
  readonly in?: "ms";
}

export const peakLoop = "peak loop";

const trained = ["lstm-train-b32-t50-32-128", "lstm-train-b32-t100-64-256", "gru-train-b32-t50-32-128", "gru-train-b32-t100-64-256"];
const charModel = "char-lm-v65-e64-h128-b32-t64";
const batched = ["b32-t100-64-128", "b32-t128-256-256", "b64-t64-512-512"].flatMap((sizes) => [
  `lstm-infer-${sizes}`,
  `gru-infer-${sizes}`,
]);
const attention = ["h1", "h4"].map((heads) => `attention-${heads}-b8-t128-d256`);
const gradients = ["h1", "h4"].flatMap((heads) => ["attention", "multi-head"].map((kind) => `${kind}-gradient-${heads}-b8-t128-d256`));
const multiHeads = ["h1", "h4"].map((heads) => `multi-head-${heads}-b8-t128-d256`);
const large = ["matmul-512", "matmul-1024"];
const tenMicroseconds = { contender: "workers", of: "cpu", most: 0.01, in: "ms" } as const;

export const targets: readonly Target[] = [
  ...on("cpu", "ort-web-1", {
    "lstm-infer-b32-t100-64-128": 0.75,
    "lstm-infer-b32-t128-256-256": 0.75,
    "lstm-infer-b64-t64-512-512": 0.8,
    "gru-infer-b32-t100-64-128": 0.72,
    "gru-infer-b32-t128-256-256": 0.76,
    "gru-infer-b64-t64-512-512": 0.85,
    "lstm-infer-b1-t100-64-128": 0.9,
    "gru-infer-b1-t100-64-128": 0.9,
    "attention-h1-b8-t128-d256": 0.7,
    "attention-h4-b8-t128-d256": 0.75,
    "matmul-256": 0.8,
    "matmul-512": 0.8,
    "matmul-1024": 0.8,
  }),
  ...on("cpu", "ort-node-1", { "lstm-stream-64-128": 0.5, "gru-stream-64-128": 0.5 }),
  ...on("cpu", "jax-js", all([...trained, charModel], 0.2)),
  ...on("cpu", "jax-js", {
    "attention-gradient-h1-b8-t128-d256": 0.4,
    "attention-gradient-h4-b8-t128-d256": 0.4,
    "multi-head-gradient-h1-b8-t128-d256": 0.65,
    "multi-head-gradient-h4-b8-t128-d256": 0.55,
  }),
  ...on("cpu", peakLoop, { "matmul-256": 1 / 0.85 }),
  {
    ...{ workload: "own-cell-infer-b32-t100-64-128", contender: "cpu", most: 1.15 },
    ...{ of: "cpu", ofWorkload: "lstm-infer-b32-t100-64-128" },
  },
  ...on("workers", "cpu", all([...batched, ...trained, charModel, ...attention, ...multiHeads, ...gradients, ...large], 1 / 1.7)),
  ...on("workers", "cpu", { "lstm-infer-b1-t100-64-128": 1 }),
  ...on("workers", "ort-web-2", all([...batched.filter((name) => !name.includes("b64")), ...attention, ...large], 0.75)),
  ...["lstm-stream-64-128", "gru-stream-64-128"].map((workload) => ({ workload, ...tenMicroseconds })),
  ...on("workers", "ort-web-2", { "lstm-infer-b64-t64-512-512": 0.8, "gru-infer-b64-t64-512-512": 0.8 }),
];

function on(contender: string, of: string, most: Readonly<Record<string, number>>): Target[] {
  return Object.entries(most).map(([workload, times]) => ({ workload, contender, of, most: times }));
}

function all(workloads: readonly string[], most: number): Readonly<Record<string, number>> {
  return Object.fromEntries(workloads.map((workload) => [workload, most]));
}
