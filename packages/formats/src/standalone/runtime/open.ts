import { decodeBase64, fetched, sumOf } from "./bytes.ts";
import { checkOptions, SluiceError } from "./failure.ts";
import { Machine } from "./machine.ts";
import { Model } from "./model.ts";
import type { Plan } from "./plan.ts";

/** What lies in the file, in base64; what does not is given. */
export interface Inside {
  readonly wasm?: string;
  readonly weights?: string;
}

export interface OpenOptions {
  readonly module?: unknown;
  readonly weights?: unknown;
}

export async function openModel(plan: Plan, inside: Inside, options: OpenOptions = {}): Promise<Model> {
  checkOptions("open", options, inside.weights === undefined ? ["module", "weights"] : ["module"]);
  const machine = new Machine(plan);
  const [module, weights] = await Promise.all([
    moduleIn(plan, inside.wasm, options.module),
    weightsIn(plan, inside.weights, options.weights),
  ]);
  const { bytes, sum } = plan.image;
  weights(new Uint8Array(machine.memory.buffer, 0, bytes));
  if (sumOf(new Int32Array(machine.memory.buffer, 0, bytes / 4)) !== sum) throw foreign("weights");
  machine.link(await instanceOf(module, machine));
  return new Model(plan, machine);
}

/** What writes them to their place, with no copy between. */
async function weightsIn({ image }: Plan, inside: string | undefined, given: unknown): Promise<(into: Uint8Array) => void> {
  if (inside !== undefined) return (into) => decodeBase64(inside, into);
  const bytes = await fetched("weights", given);
  if (bytes.length !== image.bytes) throw foreign("weights");
  return (into) => into.set(bytes);
}

/** What was given, or what lies inside. One that was compiled before is not looked into. */
async function moduleIn({ wasm }: Plan, inside: string | undefined, given: unknown): Promise<WebAssembly.Module | Uint8Array<ArrayBuffer>> {
  if (Object.prototype.toString.call(given) === "[object WebAssembly.Module]") return given as WebAssembly.Module; // by its name, in any realm
  let bytes = new Uint8Array(wasm.bytes);
  if (given === undefined && inside !== undefined) decodeBase64(inside, bytes);
  else bytes = await fetched("module", given);
  if (bytes.length !== wasm.bytes || sumOf(bytes) !== wasm.sum) throw foreign("module");
  return bytes;
}

async function instanceOf(module: WebAssembly.Module | Uint8Array<ArrayBuffer>, { memory }: Machine): Promise<WebAssembly.Instance> {
  try {
    const made = await WebAssembly.instantiate(module, { env: { memory } });
    return "instance" in made ? (made.instance as WebAssembly.Instance) : made; // of bytes it gives both
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const fix =
      "It needs WebAssembly SIMD; where a policy forbids to compile bytes, allow 'wasm-unsafe-eval' or give open({ module }) a WebAssembly.Module";
    throw new SluiceError("BACKEND_UNAVAILABLE", "open", `the engine does not take the module: ${why}. ${fix}`, {}, cause);
  }
}

function foreign(what: string): SluiceError {
  return new SluiceError(
    "FILE_FOREIGN",
    "open",
    `this is not the ${what} that the file was made with: its length or the sum of its bytes is another`,
  );
}
