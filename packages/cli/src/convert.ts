// A model from one file to another.
import { saveFile } from "@sluice/formats/node";
import { readModel } from "./files/readModel.ts";
import { layersIn } from "./files/layers.ts";
import { openSource } from "./files/source.ts";
import { type Target, targetOf, writeModel } from "./files/writeModel.ts";
import { aligned, bytesText, during, type Surroundings } from "./terminal.ts";

export interface Conversion {
  readonly from: string;
  /** Where it goes; beside `from`, under its name, where it is not said. */
  readonly out?: string | undefined;
  /** What it is to be; what the name of `out` says, where it is not said. */
  readonly to?: Target | undefined;
  readonly model?: string | undefined;
  readonly layers?: string | undefined;
  readonly batch?: number | undefined;
  readonly steps?: number | undefined;
  readonly maxSteps?: number | undefined;
}

/** Files are there whole or not at all, each. Throws as reading and writing do. */
export async function convert(surroundings: Surroundings, { from, out, to, model, layers, ...options }: Conversion): Promise<void> {
  const target = to ?? targetOf(out ?? ""),
    path = out ?? beside(from, target);
  const read = await during(surroundings, `Reading ${from}`, async () => readModel(await openSource(from), { model, layers }));
  const written = await during(surroundings, `Writing ${path}`, async () => {
    const files = await writeModel(read, target, { ...options, layers: await layersIn(layers) });
    const named = Object.entries(files).map(([ending, bytes]) => ({ path: nameOf(path, ending), bytes }));
    for (const { path: each, bytes } of named) await saveFile(each, bytes);
    return named;
  });
  surroundings.stdout.write(`${aligned(written.map(({ path: each, bytes }) => [each, bytesText(bytes.length)]), [1])}\n`); // prettier-ignore
}

const endings: Readonly<Record<Target, string>> = {
  sluice: ".safetensors",
  pytorch: ".pytorch.safetensors",
  keras: ".keras",
  "keras-weights": ".weights.h5",
  onnx: ".onnx",
  standalone: ".js",
};

/** "models/gait.keras" as standalone → "models/gait.js" */
function beside(from: string, target: Target): string {
  return from.replace(/(?:\.weights\.h5|\.(?:safetensors|keras|json|onnx|h5))$/, "") + endings[target];
}

/** "gait.js" with ".d.ts" → "gait.d.ts", "gait.mjs" → "gait.d.mts" */
function nameOf(path: string, ending: string): string {
  if (ending === "") return path;
  return path.endsWith(".mjs") ? path.replace(/\.mjs$/, ending.replace(/ts$/, "mts")) : path.replace(/\.js$/, "") + ending;
}
