// The text of a standalone file: what it knows of its model, the runtime, and what lies inside.
import { base64 } from "./base64.ts";
import { key, literal } from "./names.ts";
import type { Plan, Port } from "./runtime/plan.ts";
import { runtimeText } from "./runtimeText.ts";

export interface Contents {
  readonly plan: Plan;
  /** Undefined where they are left to files beside it. */
  readonly wasm: Uint8Array | undefined;
  readonly weights: Uint8Array | undefined;
}

export function codeOf({ plan, wasm, weights }: Contents): string {
  const inside = [
    ...(wasm === undefined ? [] : [`  wasm: "${base64(wasm)}",`]),
    ...(weights === undefined ? [] : [`  weights: "${base64(weights)}",`]),
  ];
  return [
    `// The model ${literal(plan.name)}, made by @sluice/formats: an ES module that needs nothing else. Its types lie beside it.`,
    "",
    `export const name = ${literal(plan.name)};`,
    `export const inputs = ${endsOf(inputPorts(plan))};`,
    `export const outputs = ${endsOf(outputPorts(plan))};`,
    "",
    `/** The model over a memory of its own. */`,
    "export function open(options) {",
    "  return openModel(plan, inside, options);",
    "}",
    "",
    "/** Where everything lies in memory, in bytes. */",
    `const plan = ${planText(plan)};`,
    "",
    runtimeText.trim(),
    "",
    `const inside = {`,
    ...inside,
    "};",
    "",
  ].join("\n");
}

/** Of predict, or where there is none of a stream. */
export function inputPorts({ predict, stream }: Plan): readonly Port[] {
  return predict?.inputs ?? (stream === undefined ? [] : [...stream.others, stream.x]);
}

export function outputPorts({ predict, stream }: Plan): readonly Port[] {
  return predict?.outputs ?? stream?.outputs ?? [];
}

function endsOf(ports: readonly Port[]): string {
  const each = ports.map(({ name, dtype, rows, row, axes = [] }) => `  ${key(name)}: ${literal({ dtype, shape: [rows, ...row], axes })},`);
  return ["{", ...each, "}"].join("\n");
}

/** A part a line. */
function planText(plan: Plan): string {
  const part = (value: unknown, indent: string): string =>
    [`{`, ...Object.entries(value as object).map(([name, one]) => `${indent}  ${name}: ${literal(one)},`), `${indent}}`].join("\n");
  const lines = Object.entries(plan).map(
    ([name, value]) => `  ${name}: ${name === "predict" || name === "stream" ? part(value, "  ") : literal(value)},`,
  );
  return ["{", ...lines, "}"].join("\n");
}
