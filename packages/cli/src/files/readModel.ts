// A model of whatever file holds one.
import { SluiceError } from "@sluice/core";
import type { AnyModel } from "@sluice/nn/kit";
import { openSource, type SourceFile } from "./source.ts";
import { titles, type Kind } from "./kindOf.ts";
import { layersIn } from "./layers.ts";

export interface ReadingOptions {
  /** A file of the model that weights alone are to be put into. */
  readonly model?: string | undefined;
  /** A JSON text, or the path of a file with one: which module each layer takes its weights from. */
  readonly layers?: string | undefined;
}

/** Makes a model of a file of its kind. */
type Reader = (file: SourceFile, options: ReadingOptions) => Promise<AnyModel>;

/** Of weights alone a model has to be named; what is no model is refused. */
const readers: Readonly<Record<Kind, Reader>> = {
  sluice: async ({ bytes }) => (await import("@sluice/nn")).deserialize(bytes) as unknown as AnyModel, // of its own ends
  keras: async ({ bytes }) => (await import("@sluice/formats/keras")).fromKeras(bytes) as unknown as AnyModel, // likewise
  tfjs: async ({ bytes, beside }) =>
    (await (await import("@sluice/formats/tfjs")).fromTfjs(new TextDecoder().decode(bytes), beside)) as unknown as AnyModel, // likewise
  h5: async (file, options) => {
    const { loadKerasWeights } = await import("@sluice/formats/keras");
    return loadKerasWeights((await into(file, options)) as never, file.bytes, {
      layers: await layersIn(options.layers),
    }) as unknown as AnyModel; // of its own ends
  },
  safetensors: async (file, options) => {
    const { openSafetensors } = await import("@sluice/formats/safetensors");
    return fromState(file, options, await openSafetensors(file.bytes));
  },
  shards: async (file, options) => {
    const { openSharded } = await import("@sluice/formats/safetensors");
    return fromState(file, options, await openSharded(new TextDecoder().decode(file.bytes), file.beside));
  },
  checkpoint: (file) =>
    refused(file, "it is a learner's checkpoint, whose weights belong to a program", "learn({ …, from }) goes on from it"),
  onnx: (file) =>
    refused(
      file,
      "an ONNX file is a function, no model of layers",
      "fromOnnx of @sluice/formats/onnx runs it, streams it and trains it further",
    ),
};

/** Throws as the format's reader does, FILE_FOREIGN for what is no model, INVALID_ARGUMENT where weights alone need a model and none is named. */
export async function readModel(file: SourceFile, options: ReadingOptions): Promise<AnyModel> {
  return readers[file.kind](file, options);
}

type State = Parameters<(typeof import("@sluice/formats/pytorch"))["fromPyTorch"]>[1];

async function fromState(file: SourceFile, options: ReadingOptions, state: State): Promise<AnyModel> {
  const { fromPyTorch } = await import("@sluice/formats/pytorch");
  return (await fromPyTorch((await into(file, options)) as never, state, { layers: await layersIn(options.layers) } as never)) as AnyModel; // layers are checked there
}

/** The model whose weights these are to be. */
async function into(file: SourceFile, { model }: ReadingOptions): Promise<AnyModel> {
  if (model !== undefined) return readModel(await openSource(model), {});
  const what = `it holds ${titles[file.kind]}, which say nothing of layers`;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: file.path,
    what,
    fix: "Name a file of the model: --model architecture.safetensors",
  });
}

async function refused(file: SourceFile, what: string, fix: string): Promise<never> {
  throw new SluiceError({ code: "FILE_FOREIGN", who: file.path, what, fix });
}
