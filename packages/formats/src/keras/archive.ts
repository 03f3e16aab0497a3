// The files within a `.keras` file.
import { SluiceError } from "@sluice/core";
import { isHdf5 } from "../hdf5/read.ts";
import { type Json, parseJson, textField } from "../kerasModel/json.ts";
import { unzip } from "../zip/unzip.ts";

export interface Archive {
  readonly config: Json;
  /** The HDF5 file. */
  readonly weights: Uint8Array;
}

export const files = { metadata: "metadata.json", config: "config.json", weights: "model.weights.h5" } as const;

/** Throws FILE_FOREIGN for what is no `.keras` file, and says how to come by one; FILE_CORRUPT for one that is damaged. */
export function openArchive(bytes: Uint8Array, who: string): Archive {
  if (isHdf5(bytes))
    throw foreign(
      who,
      "it is an HDF5 file, of weights alone or of a whole model as Keras 2 saved it",
      'Load weights by loadKerasWeights(model, bytes); save a whole model again: keras.models.load_model(path).save("model.keras")',
    );
  const found = unzip(bytes, Object.values(files), who);
  const [metadata, config, weights] = [files.metadata, files.config, files.weights].map((name) => found.get(name));
  if (config === undefined || weights === undefined)
    throw foreign(
      who,
      `there is no ${config === undefined ? files.config : files.weights} in it`,
      'Save it whole: model.save("model.keras")',
    );
  const version = metadata && textField(parseJson(text(metadata, who, files.metadata), who, files.metadata), "keras_version");
  if (version !== undefined && !version.startsWith("3."))
    throw foreign(who, `it was written by Keras ${version}, and this reads those of Keras 3`, "Save it again with Keras 3");
  return { config: parseJson(text(config, who, files.config), who, files.config), weights };
}

function text(bytes: Uint8Array, who: string, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SluiceError({ code: "FILE_CORRUPT", who, what: `${name} is no UTF-8`, fix: "Save the model again", cause });
  }
}

function foreign(who: string, what: string, fix: string): SluiceError {
  return new SluiceError({ code: "FILE_FOREIGN", who, what: `the file is none that Keras 3 saves a model to: ${what}`, fix });
}
