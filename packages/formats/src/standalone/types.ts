// The types of a standalone file: its verbs, with names and sizes as literals.
import { inputPorts, outputPorts } from "./code.ts";
import { isIdentifier, key, literal } from "./names.ts";
import type { Plan, Port } from "./runtime/plan.ts";

export interface TypedContents {
  readonly plan: Plan;
  readonly isWasmInside: boolean;
  readonly areWeightsInside: boolean;
}

export function typesOf({ plan, ...inside }: TypedContents): string {
  return [
    `// The types of the model ${literal(plan.name)}, made by @sluice/formats.`,
    ...ends(plan),
    general,
    ...opening(inside),
    ...(plan.stream === undefined ? [] : [state, ...streamTypes(plan)]),
    ...modelTypes(plan),
    "",
  ].join("\n");
}

/** What `open` needs not be given may be left out. */
function opening({ isWasmInside, areWeightsInside }: Omit<TypedContents, "plan">): readonly string[] {
  const isOptional = isWasmInside && areWeightsInside;
  return [
    "",
    "export interface OpenOptions {",
    `  /** The WebAssembly: a WebAssembly.Module, its bytes, or the address of a file of them. ${isWasmInside ? "Default: what lies in this file, compiled." : "It is a file of its own."} */`,
    `  readonly module${isWasmInside ? "?" : ""}: object | string;`,
    ...(areWeightsInside ? [] : ["  /** The file of the weights: its bytes, or its address. */", "  readonly weights: Bytes;"]),
    "}",
    "",
    "/**",
    " * The model over a memory of its own; several are independent of each other. Throws BACKEND_UNAVAILABLE where there is no WebAssembly SIMD, or it is forbidden to",
    " * compile it; FILE_FOREIGN for other weights; FILE_NOT_FOUND for an address that gives nothing.",
    " */",
    `export function open(options${isOptional ? "?" : ""}: OpenOptions): Promise<Model>;`,
  ];
}

const general = `
/** Numbers one after the other. */
export type Flat = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint8ClampedArray | Uint16Array | Uint32Array;
/** Numbers with their shape, row-major. */
export interface Shaped {
  readonly shape: readonly number[];
  readonly data: Flat | readonly number[];
}
/** What is given, with the caller's own copy of the numbers. */
export interface Output<Shape extends readonly number[], DType extends "f32" | "i32" = "f32"> {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly axes?: readonly (string | undefined)[];
  readonly data: DType extends "f32" ? Float32Array : Int32Array;
}
/** In memory, or the address of a file that \`fetch\` reads. */
export type Bytes = ArrayBuffer | ArrayBufferView | string | { readonly href: string };

/**
 * What every verb throws. \`code\` is stable: SHAPE_MISMATCH, DTYPE_MISMATCH, NOT_FINITE, INDEX_OUT_OF_RANGE, EMPTY_DATA, INVALID_ARGUMENT, DISPOSED, UNSUPPORTED,
 * OUT_OF_MEMORY, BACKEND_UNAVAILABLE, FILE_FOREIGN, FILE_NOT_FOUND.
 */
export class SluiceError extends Error {
  readonly code: string;
  readonly who: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}`;

const state = `
/** What a stream has read so far, as plain data, of which the library's streams go on, and the other way. */
export interface StreamState {
  readonly steps: number;
  readonly arrays: Readonly<Record<string, { readonly dtype: "f32" | "i32"; readonly shape: readonly number[]; readonly data: Float32Array | Int32Array }>>;
}`;

function ends(plan: Plan): readonly string[] {
  const described = (ports: readonly Port[]): string[] =>
    ports.map(
      ({ name, dtype, rows, row, axes = [] }) =>
        `  readonly ${key(name)}: { readonly dtype: ${literal(dtype)}; readonly shape: readonly ${literal([rows, ...row])}; readonly axes: readonly ${literal(axes)} };`,
    );
  return [
    "",
    `export const name: ${literal(plan.name)};`,
    "/** What goes in, with the most rows at a time. */",
    ...["export const inputs: {", ...described(inputPorts(plan)), "};"],
    "/** What comes out. */",
    ...["export const outputs: {", ...described(outputPorts(plan)), "};"],
  ];
}

function modelTypes({ predict, stream, inputs, outputs }: Plan): readonly string[] {
  return [
    "",
    "export interface Model {",
    ...(predict === undefined ? [] : predictTypes(predict.inputs, predict.outputs, { inputs, outputs })),
    ...(stream === undefined
      ? []
      : [
          `  /** A stream from its start; several at a time are independent of each other. */`,
          `  stream(${streamOptions(stream.others)}): Stream;`,
        ]),
    "  /** Lets go of the memory, and of all streams: whatever is called after it throws DISPOSED. */",
    "  dispose(): void;",
    "  [Symbol.dispose](): void;",
    "}",
  ];
}

type Names = Pick<Plan, "inputs" | "outputs">;

function predictTypes(ports: readonly Port[], results: readonly Port[], { inputs, outputs }: Names): readonly string[] {
  const options = lengthsType(ports, inputs === null);
  return [
    "  /**",
    `   * ${record(ports, inputs, (port) => describe(port, true))} → ${record(results, outputs, (port) => describe(port, true))}, of as many rows as are given.`,
    "   *",
    "   * Throws SHAPE_MISMATCH for other sizes, EMPTY_DATA for none, and by place NOT_FINITE, INDEX_OUT_OF_RANGE and DTYPE_MISMATCH.",
    "   */",
    `  predict(x: ${record(ports, inputs, (port) => numbersType(port.row.length + 1, 1))}${options === "" ? "" : `, options?: { ${options} }`}): ${record(results, outputs, (port) => outputType(port, true))};`,
  ];
}

function streamTypes({ stream, outputs }: Plan): readonly string[] {
  if (stream === undefined) return [];
  const { x, outputs: results, maxSteps } = stream;
  return [
    "",
    `/** ${maxSteps === undefined ? "Sequences of any length" : `Sequences of up to ${maxSteps} steps`}, read step by step: each step gives what \`predict\` gives of all steps so far. */`,
    "export interface Stream {",
    "  /** Steps read since the start, or the last `reset`. */",
    "  readonly steps: number;",
    `  /** ${describe(x, false)}${x.rows === 1 ? ", or that row alone," : ""} → ${record(results, outputs, (port) => describe(port, false))}. Throws as \`predict\`${maxSteps === undefined ? "" : ", and INVALID_ARGUMENT past the last step"}. */`,
    `  step(x: ${numbersType(x.row.length + 1, x.rows === 1 ? 2 : 1)}): ${record(results, outputs, (port) => outputType(port, false))};`,
    "  /** To the start: of new sequences. */",
    "  reset(): void;",
    "  /** A copy of what is kept. */",
    "  state(): StreamState;",
    "  /** Goes on from there. Throws INVALID_ARGUMENT, SHAPE_MISMATCH or DTYPE_MISMATCH for another model's; then nothing is changed. */",
    "  setState(state: StreamState): void;",
    "  /** Leaves its room to another. */",
    "  dispose(): void;",
    "  [Symbol.dispose](): void;",
    "}",
  ];
}

function streamOptions(others: readonly Port[]): string {
  if (others.length === 0) return "";
  const lengths = lengthsType(others, false);
  return `options: { readonly inputs: ${record(others, [], (port) => numbersType(port.row.length + 1, 1))}${lengths === "" ? "" : `; ${lengths}`} }`;
}

function lengthsType(ports: readonly Port[], isOne: boolean): string {
  const counted = ports.filter(({ lengthsAt }) => lengthsAt !== undefined);
  if (counted.length === 0) return "";
  const rows = numbersType(1, 1);
  return `readonly lengths?: ${isOne ? rows : `{ ${counted.map(({ name }) => `readonly ${key(name)}?: ${rows}`).join("; ")} }`}`;
}

/** Of each by name, or of the one without. */
function record(ports: readonly Port[], names: readonly string[] | null, of: (port: Port) => string): string {
  if (names === null) return ports[0] === undefined ? "never" : of(ports[0]);
  return `{ ${ports.map((port) => `readonly ${key(port.name)}: ${of(port)}`).join("; ")} }`;
}

/** Lists so deep, the innermost of which may be typed arrays; the last `forms` depths. */
function numbersType(rank: number, forms: 1 | 2): string {
  const nested = (depth: number): string =>
    depth === 0 ? "number" : depth === 1 ? "readonly number[]" : `readonly (${nested(depth - 1)}${depth === 2 ? " | Flat" : ""})[]`;
  const each = forms === 2 ? [nested(rank), nested(rank - 1)] : [nested(rank)];
  return [...each, "Flat", "Shaped"].join(" | ");
}

function outputType({ rows, row, axes = [], dtype }: Port, isAtMost: boolean): string {
  const shape = [rows, ...row];
  const named =
    axes.length === shape.length && axes.every((axis) => axis !== undefined && isIdentifier(axis)) && new Set(axes).size === axes.length;
  const sizes = shape.map((size, d) => `${named ? `${axes[d]}: ` : ""}${d === 0 && isAtMost ? "number" : size}`);
  return `Output<readonly [${sizes.join(", ")}]${dtype === "f32" ? "" : `, ${literal(dtype)}`}>`;
}

/** "float32 [batch ≤ 8, steps 20, features 3]" */
function describe({ rows, row, axes = [], dtype, indices }: Port, isAtMost: boolean): string {
  const sizes = [rows, ...row].map(
    (size, d) => `${axes[d] === undefined ? "" : `${literal(axes[d]).slice(1, -1)} `}${d === 0 && isAtMost && size > 1 ? "≤ " : ""}${size}`,
  );
  return `${dtype === "f32" ? "float32" : indices === undefined ? "int32" : `indices below ${indices}`} [${sizes.join(", ")}]`;
}
