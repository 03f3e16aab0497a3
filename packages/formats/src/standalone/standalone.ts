// A model as one file that runs alone.
import { SluiceError } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { type AnyModel, type Inference, inferenceOf, savedOf, type Source, type StreamPrograms } from "@sluice/nn/kit";
import { codeOf } from "./code.ts";
import { type Checked, checkedOptions, type StandaloneOptions, type Verb } from "./options.ts";
import { planned } from "./plan.ts";
import { compilePrograms } from "./programs.ts";
import { typesOf } from "./types.ts";

/** A model as files. */
export interface Standalone {
  /** An ES module: `open` and, as data, `name`, `inputs` and `outputs`. */
  readonly code: string;
  /** What TypeScript reads beside it. */
  readonly types: string;
  /** The WebAssembly module, also where it lies in `code`. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Weights and constants as they lie in memory, also where they lie in `code`. */
  readonly weights: Uint8Array<ArrayBuffer>;
  readonly verbs: readonly Verb[];
  /** Why there is no stream, where none was asked for and the model cannot. */
  readonly withoutStream?: string;
}

const who = "standalone";
/** Text that lies in a module is a third longer than its bytes, and engines have strings of half a GiB. */
const mostInline = 2 ** 28;

/**
 * A trained model as one ES module that runs alone, in pages, workers and edge functions: the WebAssembly that `@sluice/cpu` would run it by, the weights, and a typed
 * wrapper around them, with the same bits. It predicts up to `batch` rows at a time, of as many steps as `steps` says, and streams sequences of any length.
 *
 * Throws INVALID_ARGUMENT for options that make no sense and a model without weights; UNSUPPORTED, naming all that stands in the way, for f64 and for `stream` of a model with
 * layers that read steps that are yet to come; what `model.build` throws; OUT_OF_MEMORY for what is too large for 32-bit addresses.
 *
 * ```ts
 * const { code, types } = await standalone(model, { batch: 1, steps: 20 });
 * ```
 */
export async function standalone(source: Source, options: StandaloneOptions = {}): Promise<Standalone> {
  const { model, saved } = await savedOf(who, source);
  const checked = checkedOptions(who, options, model, saved.samples);
  const inference = inferenceOf(model, saved, checked.samples, who);
  if (inference.dtype === "f64") throw wide(model);
  const { stream, why } = streamIn(inference, checked);
  const predict =
    checked.verbs?.has("predict") === false ? undefined : inference.predict({ batch: checked.batch, counted: checked.counted });
  const { wasm, programs } = compilePrograms(who, {
    ...(predict && { predict }),
    ...(stream && { ...(stream.before && { before: stream.before }), start: stream.start, step: stream.step }),
  });
  const { before, start, step } = programs;
  const { plan, image } = planned({
    ...{ who, model, inference, wasm },
    predict: programs.predict,
    stream: stream && start && step && { of: stream, maxSteps: checked.maxSteps, before, start, step },
  });
  const [isWasmInside, areWeightsInside] = [checked.wasm === "inline", checked.weights === "inline"];
  if (areWeightsInside && image.length > mostInline)
    throw refused(who, "weights", "inline", `"separate", as there are ${image.length} bytes of them`);
  return {
    code: codeOf({ plan, wasm: isWasmInside ? wasm : undefined, weights: areWeightsInside ? image : undefined }),
    types: typesOf({ plan, isWasmInside, areWeightsInside }),
    wasm,
    weights: image,
    verbs: [...(predict ? (["predict"] as const) : []), ...(stream ? (["stream"] as const) : [])],
    ...(why !== undefined && { withoutStream: why }),
  };
}

/** Where nobody asks for a stream and there can be none, the reason. */
function streamIn(
  inference: Inference,
  { verbs, streamBatch, counted, over, maxSteps }: Checked,
): { readonly stream?: StreamPrograms; readonly why?: string } {
  if (verbs?.has("stream") === false) return {};
  try {
    return {
      stream: inference.stream({
        batch: streamBatch,
        counted,
        ...(over !== undefined && { over }),
        ...(maxSteps !== undefined && { maxSteps }),
      }),
    };
  } catch (error) {
    if (verbs !== undefined || !(error instanceof SluiceError) || !["UNSUPPORTED", "INVALID_ARGUMENT"].includes(error.code)) throw error;
    return { why: error.message };
  }
}

function wide({ name }: AnyModel): SluiceError {
  return new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `the weights of "${name}" are f64, WebAssembly SIMD runs f32`,
    fix: 'Give a trainer of f32: await model.compile({ backend, dtype: "f32" })',
  });
}
