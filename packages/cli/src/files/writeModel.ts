// A model as a file of a format.
import { SluiceError } from "@sluice/core";
import type { AnyModel } from "@sluice/nn/kit";

/** What the command writes. */
export const targets = ["sluice", "pytorch", "keras", "keras-weights", "onnx", "standalone"] as const;
export type Target = (typeof targets)[number];

export interface WritingOptions {
  readonly layers: Readonly<Record<string, string>>;
  readonly batch?: number | undefined;
  readonly steps?: number | undefined;
  readonly maxSteps?: number | undefined;
}

/** Files by the end of their names, which follows the name that was asked for: "" is that itself. */
export type Written = Readonly<Record<string, Uint8Array>>;

const writers: Readonly<Record<Target, (model: AnyModel, options: WritingOptions) => Promise<Written>>> = {
  sluice: async (model) => ({ "": await (await import("@sluice/nn")).serialize(model) }),
  pytorch: async (model, { layers }) => {
    const [{ toPyTorch }, { writeSafetensors }] = [await import("@sluice/formats/pytorch"), await import("@sluice/formats/safetensors")];
    return { "": writeSafetensors(await toPyTorch(model as never, { layers } as never), { metadata: { format: "pt" } }) }; // layers are checked there
  },
  keras: async (model) => ({ "": await (await import("@sluice/formats/keras")).toKeras(model) }),
  "keras-weights": async (model) => ({ "": await (await import("@sluice/formats/keras")).toKerasWeights(model) }),
  onnx: async (model, { batch, steps }) => ({
    "": await (
      await import("@sluice/formats/onnx")
    ).toOnnx(model, { ...(batch !== undefined && { batch }), ...(steps !== undefined && { steps }) }),
  }),
  standalone: async (model, { batch, steps, maxSteps }) => {
    const { standalone } = await import("@sluice/formats/standalone");
    const { code, types } = await standalone(model, {
      ...(batch !== undefined && { batch }),
      ...(steps !== undefined && { steps }),
      ...(maxSteps !== undefined && { maxSteps }),
    });
    const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
    return { "": encoded(code), ".d.ts": encoded(types) };
  },
};

/** The endings that say a format, the longest first. */
const endings: readonly (readonly [ending: string, target: Target])[] = [
  [".weights.h5", "keras-weights"],
  [".safetensors", "sluice"],
  [".keras", "keras"],
  [".onnx", "onnx"],
  [".mjs", "standalone"],
  [".js", "standalone"],
];

/** What the name of a file asks for. Throws INVALID_ARGUMENT where it asks for nothing that there is. */
export function targetOf(path: string): Target {
  const found = endings.find(([ending]) => path.endsWith(ending));
  if (found !== undefined) return found[1];
  const what = `the name ${JSON.stringify(path)} does not say what it is to be`;
  const fix = `End it with ${endings.map(([ending]) => ending).join(", ")}, or say --to ${targets.join("|")}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "sluice", what, fix });
}

/** Throws as the format's writer does. */
export async function writeModel(model: AnyModel, target: Target, options: WritingOptions): Promise<Written> {
  return writers[target](model, options);
}
