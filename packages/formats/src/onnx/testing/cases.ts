// Models of one node, with what onnxruntime gave for them: see fixtures/README.md.
import { compile, hostArray, type Backend, type HostArray, type NDArray } from "@sluice/core";
import { fixtureBytes } from "../../testing/fixtures.ts";
import { fromOnnx, type OnnxNet } from "../import/fromOnnx.ts";

interface CaseArray {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | "NaN" | "Infinity" | "-Infinity")[];
}

export interface Case {
  readonly name: string;
  /** Base64. */
  readonly model: string;
  readonly inputs: Readonly<Record<string, CaseArray>>;
  readonly outputs: readonly CaseArray[];
}

export function casesOf(file: string): readonly Case[] {
  return JSON.parse(new TextDecoder().decode(fixtureBytes(`onnx/operators/${file}.json`))) as readonly Case[]; // which the files are
}

/** What is wrong with the outputs of each, by name: nothing where all is right. Either its inputs come at run time, or they are folded. */
export async function wrongOnes(backend: Backend, cases: readonly Case[], isFolded: boolean): Promise<readonly string[]> {
  const loaded = cases.map((each) => load(each, isFolded)),
    nets = loaded.filter((each): each is Loaded => typeof each !== "string");
  const run = compile(backend, (inputs: readonly Parameters<OnnxNet["apply"]>[1][], weights: readonly Parameters<OnnxNet["apply"]>[0][]) =>
    nets.map(({ net }, i) => net.apply(weights[i]!, inputs[i]!)),
  );
  const results = (await run(nets.map(({ inputs }) => inputs), nets.map(({ net }) => net.weights))) as readonly Readonly<Record<string, NDArray>>[]; // prettier-ignore
  const wrong = nets.map(async ({ each, net }, i) => {
    const outputs = net.summary.outputs.map(({ name }) => results[i]![name]!);
    return differences(each, await Promise.all(outputs.map(async (x) => ({ dtype: x.dtype, shape: x.shape, data: await x.read() })))); // each is given
  });
  run.dispose();
  return [...loaded.filter((each) => typeof each === "string"), ...(await Promise.all(wrong)).flat()];
}

interface Loaded {
  readonly each: Case;
  readonly net: OnnxNet;
  readonly inputs: Readonly<Record<string, HostArray>>;
}

function load(each: Case, isFolded: boolean): Loaded | string {
  const inputs = Object.fromEntries(Object.entries(each.inputs).map(([name, array]) => [name, host(array)]));
  const constants = Object.fromEntries(Object.entries(each.inputs).map(([name, array]) => [name, nested(array)]));
  try {
    const net = fromOnnx(Buffer.from(each.model, "base64"), isFolded ? { constants } : {});
    return { each, net, inputs: isFolded ? {} : inputs };
  } catch (error) {
    return `${each.name}: ${String(error)}`;
  }
}

function differences({ name, outputs }: Case, got: readonly HostArray[]): readonly string[] {
  return outputs.flatMap((wanted, i) => {
    const { shape, data } = got[i]!;
    if (String(shape) !== String(wanted.shape)) return [`${name}: [${shape.join(", ")}], not [${wanted.shape.join(", ")}]`];
    const numbers = wanted.data.map(Number),
      at = numbers.findIndex((y, k) => !near(data[k]!, y));
    return at < 0 ? [] : [`${name}: output ${i} has ${data[at]} at ${at}, not ${numbers[at]}`];
  });
}

function near(x: number, y: number): boolean {
  return Object.is(x, y) || x === y || Math.abs(x - y) <= 2e-6 * Math.max(1, Math.abs(y));
}

function host({ type, shape, data }: CaseArray): HostArray {
  return hostArray(data.map(Number), { shape, dtype: type.startsWith("float") ? "f32" : "i32" });
}

/** Lists as deep as the shape. */
function nested({ shape, data }: CaseArray): number | readonly never[] {
  const at = (from: number, [n, ...rest]: readonly number[]): unknown => {
    if (n === undefined) return Number(data[from]);
    const width = rest.reduce((a, b) => a * b, 1);
    return Array.from({ length: n }, (_, i) => at(from + i * width, rest));
  };
  return at(0, shape) as readonly never[]; // or a number, whatever the shape says
}
