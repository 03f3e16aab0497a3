// What a model's outputs are attributed to: its inputs of numbers and, for inputs of tokens, what the layers that read these make of them.
import { gradient, type Tensor } from "@sluice/core";
import { watchLayers, type SeenOutputs, type Watched } from "@sluice/nn/kit";
import { there } from "../runs/there.ts";

type Named = Readonly<Record<string, Tensor>>;

/** One thing that outputs come from, by the names of its arrays. */
export interface Source {
  /** Of the model's input; "x" where it has none. */
  readonly input: string;
  /** The layer whose output it is, for an input of tokens. */
  readonly layer?: string;
  readonly values: string;
  readonly gradients: string;
}

/**
 * y = Σ output ∘ select of each row, at base + α·(x − base) for each source x; its gradients there, and the sources as they are. `base` is one number for all.
 * The output is the one called `name`.
 */
export function traceSources(
  { apply, x: inputs, beside }: Pick<SeenOutputs, "apply" | "x" | "beside">,
  name: string,
  base: number,
): { readonly given: Named; readonly sources: readonly Source[] } {
  const alpha = there(beside["alpha"]),
    select = there(beside["select"]);
  const own: Record<string, Tensor> = {},
    moved: Record<string, Tensor> = {};
  const sources: Source[] = [];
  const add = (source: Pick<Source, "input" | "layer">, tensor: Tensor): Tensor => {
    const i = sources.push({ ...source, values: `values ${sources.length}`, gradients: `gradients ${sources.length}` }) - 1;
    own[`values ${i}`] = tensor;
    return (moved[`gradients ${i}`] = tensor.sub(base).mul(alpha).add(base));
  };
  const tokens = new Map(
    Object.entries(inputs).flatMap(([input, tensor]) => (tensor.dtype === "i32" ? [[tensor.node, input] as const] : [])),
  );
  const read = Object.entries(inputs).map(([input, tensor]) => [input, tensor.dtype === "i32" ? tensor : add({ input }, tensor)] as const);
  const look = ({ name: layer, x, given }: Watched): Named => {
    const input = x instanceof Object && "node" in x ? tokens.get((x as Tensor).node) : undefined, // a single tensor
      value = given[""];
    if (input === undefined || value === undefined || value.dtype === "i32") return {};
    return { "": add({ input, layer }, value) };
  };
  const { outputs } = watchLayers(look, () => apply(Object.fromEntries(read)));
  const output = there(outputs[name]);
  const chosen = output.mul(select);
  const y = chosen.sum(output.shape.slice(1).map((_, axis) => axis + 1));
  return { given: { ...own, ...gradient(y.sum(), moved), y, output }, sources };
}
