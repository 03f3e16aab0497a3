// What stands in a file, in words and as data.
import type { Dimension, OnnxSummary } from "@sluice/formats/onnx";
import { modulesIn } from "./modules.ts";
import { describeTensors, type TensorRow } from "./tensors.ts";
import type { SourceFile } from "./files/source.ts";
import { titles, type Kind } from "./files/kindOf.ts";
import { readModel } from "./files/readModel.ts";
import { SluiceError } from "@sluice/core";
import { aligned, bytesText, count, countOf } from "./terminal.ts";

/** Each part is a paragraph. */
export interface Report {
  readonly kind: Kind;
  readonly text: readonly string[];
  /** The same as plain data. */
  readonly data: Readonly<Record<string, unknown>>;
}

type Inspector = (file: SourceFile) => Promise<Omit<Report, "kind">>;

const inspectors: Readonly<Record<Kind, Inspector>> = {
  sluice: model,
  keras: model,
  tfjs: model,
  safetensors: async ({ bytes }) => {
    const { openSafetensors } = await import("@sluice/formats/safetensors");
    const { tensors, metadata } = await openSafetensors(bytes);
    return described(rowsOf(tensors), metadata);
  },
  checkpoint: async ({ bytes }) => {
    const { openSafetensors } = await import("@sluice/formats/safetensors");
    const { tensors } = await openSafetensors(bytes);
    return described(rowsOf(tensors), {});
  },
  shards: async ({ bytes, beside }) => {
    const { openSharded } = await import("@sluice/formats/safetensors");
    const { tensors, metadata } = await openSharded(new TextDecoder().decode(bytes), beside);
    return described(rowsOf(tensors), metadata);
  },
  h5: async ({ bytes }) => {
    const { inspectKerasWeights } = await import("@sluice/formats/keras");
    return described(
      inspectKerasWeights(bytes).map(({ path, layer, ...rest }) => ({ name: layer === undefined ? path : `${path} (${layer})`, ...rest })),
      {},
    );
  },
  onnx: async ({ bytes }) => {
    const { inspectOnnx } = await import("@sluice/formats/onnx");
    const summary = inspectOnnx(bytes);
    return { text: onnxText(summary), data: { ...summary } };
  },
};

/** Throws as the readers of the formats do. */
export async function inspect(file: SourceFile): Promise<Report> {
  const { text, data } = await inspectors[file.kind](file);
  const { path, bytes, kind } = file;
  return {
    kind,
    text: [`${path}: ${titles[kind]}, ${bytesText(bytes.length)}`, ...text],
    data: { path, kind, bytes: bytes.length, ...data },
  };
}

async function model(file: SourceFile): Promise<Omit<Report, "kind">> {
  const read = await readModel(file, {}).catch((error: unknown) => {
    if (error instanceof SluiceError && error.code === "UNSUPPORTED") return error; // what is unknown is what was asked
    throw error;
  });
  if (read instanceof SluiceError) return unknown(read);
  try {
    const summary = read.summary();
    return { text: [String(summary)], data: { ...summary } };
  } catch {
    // Where it says no sample's shape, the layers are told without what they give.
    const layers = read.layers.map(({ name, layer: { kind } }) => ({ name, kind }));
    return { text: [aligned([["layer", "kind"], ...layers.map(({ name, kind }) => [name, kind])])], data: { name: read.name, layers } };
  }
}

interface Problem {
  readonly layer: string;
  readonly what: string;
  readonly fix: string;
}

function unknown({ message, facts }: SluiceError): Omit<Report, "kind"> {
  const problems = (facts["problems"] ?? []) as readonly Problem[]; // as readers of Keras's models tell them
  const listed = aligned(problems.map(({ layer, what, fix }) => [layer, `${what}; ${fix}`]));
  return { text: [problems.length === 0 ? message : `It has what there is not here:\n${listed}`], data: { problems } };
}

function rowsOf(tensors: Readonly<Record<string, { readonly type: string; readonly shape: readonly number[] }>>): readonly TensorRow[] {
  return Object.entries(tensors).map(([name, { type, shape }]) => ({ name, type, shape }));
}

function described(tensors: readonly TensorRow[], metadata: Readonly<Record<string, string>>): Omit<Report, "kind"> {
  const modules = modulesIn(tensors);
  const said = Object.entries(metadata).map(([key, value]) => [key, value.length > 100 ? `${value.slice(0, 99)}…` : value]);
  return {
    text: [
      ...describeTensors(tensors),
      ...(modules.length > 0 ? [`By names and shapes, of PyTorch:\n${modules.map((each) => `  ${each}`).join("\n")}`] : []),
      ...(said.length > 0 ? [`It says of itself:\n${aligned(said)}`] : []),
    ],
    data: { tensors, metadata, modules },
  };
}

function onnxText({
  opsets,
  producer,
  inputs,
  outputs,
  operators,
  initialisers,
  unsupported,
  metadata,
  warnings,
}: OnnxSummary): readonly string[] {
  const versions = Object.entries(opsets).map(([domain, version]) => `${domain === "" ? "opset" : domain} ${version}`);
  const made = [producer.name, producer.version].filter((part) => part !== "").join(" ");
  const ends = [...inputs.map((each) => ["input", each.name, each.type, shapeText(each.shape)]), ...outputs.map((each) => ["output", each.name, each.type, shapeText(each.shape)])]; // prettier-ignore
  return [
    `${versions.join(", ")}${made === "" ? "" : `, made by ${made}`}, ${countOf(initialisers, "initialiser")}`,
    aligned(ends.map((row) => row.map(String))),
    `Operators:\n${aligned(Object.entries(operators).map(([name, n]) => [name, count(n)]), [1])}`, // prettier-ignore
    unsupported.length === 0
      ? "All of them are known."
      : `Unknown here:\n${aligned(unsupported.map(({ operator, node, what, instead }) => [operator, `"${node}"`, `${what}; ${instead}`]))}`,
    ...(Object.keys(metadata).length > 0 ? [`It says of itself:\n${aligned(Object.entries(metadata))}`] : []),
    ...warnings.map((warning) => `Beware: ${warning}`),
  ];
}

function shapeText(shape: readonly Dimension[] | undefined): string {
  return shape === undefined ? "of any shape" : `[${shape.map((each) => each ?? "?").join(", ")}]`;
}
