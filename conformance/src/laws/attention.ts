// What every backend must give for attention in every option: what the oracle gives, forward and back.
import {
  additiveAttention,
  attention,
  concatAttention,
  dotAttention,
  gradient,
  multiHeadAttention,
  scaledDotAttention,
  type Attention,
  type AttentionOptions,
  type AttentionResult,
  type Backend,
  type HostArray,
  type Tensor,
} from "@sluice/core";
import { attentionPool, describeAttention, type AttentionChoice, type AttentionStructure } from "../arbitraries/attention.ts";
import { attended, attentionDataOf, type AttentionData } from "../arbitraries/attentionData.ts";
import type { Law } from "../law.ts";
import { arithmetic } from "../oracle/index.ts";
import { roundingOf, type Float } from "../rounding.ts";
import { mapTree, type Tree } from "../tree.ts";
import { agree, type Read } from "./agree.ts";
import { compiled, hostedIn } from "./compiled.ts";
import { hunt } from "./hunt.ts";

export const attentionLaws: readonly Law[] = [oracleLaw("attention", "single"), oracleLaw("multi-head attention", "multiHead")];

function oracleLaw(name: string, kind: "single" | "multiHead"): Law {
  return hunt<AttentionStructure>({
    name: `${name}: output, weights and every gradient agree with the oracle`,
    pool: (seed, { keeps }) => attentionPool(kind)(seed).filter(({ bias, hiding }) => keeps.infinity || bias === "none" || !hiding),
    describe: describeAttention,
    async claim(backend, example) {
      const { structure, dtype } = example;
      const data = attentionDataOf(example);
      const want = attended(structure, data, arithmetic(roundingOf(backend.supports, dtype)));
      agree(await attentionRun(backend, structure, data, dtype), want, dtype);
    },
  });
}

/** What a structure gives on its data. */
export function attentionRun(backend: Backend, structure: AttentionStructure, data: AttentionData, dtype: Float): Promise<Tree<Read>> {
  return whole(backend, structure, hosted(data, dtype));
}

interface Inputs {
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly inputs: { readonly query: Tensor; readonly key?: Tensor; readonly value?: Tensor };
  readonly given: Pick<AttentionOptions, "keyLengths" | "mask" | "bias" | "dropout" | "residual">;
  readonly upstream: { readonly output: Tensor; readonly weights: Tensor };
}

/** Output, weights, and for the upstream gradients of both the gradients of the weights, of what is read, of bias and residual. */
const whole = compiled((structure: AttentionStructure) => ({ weights, inputs, given, upstream }: Inputs): Tree<Tensor> => {
  const { causal, softCap } = structure;
  const result = ran(structure, weights, inputs, { causal, softCap, ...given });
  const loss = result.output.mul(upstream.output).sum().add(result.weights.mul(upstream.weights).sum());
  const { bias, residual } = given;
  const wanted = { weights, inputs, ...(bias && { bias }), ...(residual && { residual }) };
  return { output: result.output, weights: result.weights, gradients: gradient(loss, wanted as never) };
});

/** By the function of the score, or by the module where that may be had as well. */
function ran(
  { choice, lead }: AttentionStructure,
  weights: Inputs["weights"],
  inputs: Inputs["inputs"],
  options: AttentionOptions,
): AttentionResult {
  const module = moduleOf(choice);
  const own = weights as never; // which weights there are is data here
  if (module && (choice.score === "multiHead" || lead.length === 1)) return module.run(own, { ...inputs, ...options });
  const [q, k, v] = [inputs.query, inputs.key!, inputs.value!];
  switch (choice.score) {
    case "dot":
      return dotAttention(q, k, v, options);
    case "scaledDot":
      return scaledDotAttention(q, k, v, { ...options, ...(choice.scale !== undefined && { scale: choice.scale }) });
    case "additive":
      return additiveAttention(own, q, k, v, options);
    case "concat":
      return concatAttention(own, q, k, v, options);
    case "multiHead":
      throw new Error("several heads are a module");
  }
}

/** None for a choice that is a function alone. */
export function moduleOf(choice: AttentionChoice): Attention<never> | undefined {
  switch (choice.score) {
    case "multiHead": {
      const { score: _, ...options } = choice;
      return multiHeadAttention(options) as unknown as Attention<never>;
    }
    case "additive":
      return attention({ score: "additive", units: choice.units }) as unknown as Attention<never>;
    case "scaledDot":
      return choice.scale === undefined ? (attention({ score: "scaledDot" }) as unknown as Attention<never>) : undefined;
    default:
      return attention({ score: choice.score }) as unknown as Attention<never>;
  }
}

function hosted({ weights, inputs, keyLengths, upstream, mask, bias, dropout, residual }: AttentionData, dtype: Float): Tree<HostArray> {
  const of = hostedIn(dtype);
  const lengths = keyLengths && ({ dtype: "i32", shape: [keyLengths.length], data: keyLengths } satisfies HostArray);
  return {
    weights: mapTree(weights, of),
    inputs: mapTree(inputs, of),
    given: {
      ...(lengths && { keyLengths: lengths }),
      ...(mask && { mask: of(mask) }),
      ...(bias && { bias: of(bias) }),
      ...(dropout && { dropout: of(dropout) }),
      ...(residual && { residual: of(residual) }),
    },
    upstream: mapTree(upstream, of),
  };
}
