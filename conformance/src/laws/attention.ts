// What every backend must give for attention in every option: what the oracle gives, forward and back.
import {
  additiveAttention,
  attention,
  concatAttention,
  dotAttention,
  gradient,
  multiHeadAttention,
  scaledDotAttention,
  where,
  type Attention,
  type AttentionOptions,
  type AttentionResult,
  type Backend,
  type HostArray,
  type Tensor,
} from "@sluice/core";
import { attentionPool, describeAttention, type AttentionChoice, type AttentionStructure } from "../arbitraries/attention.ts";
import { attended, attentionDataOf, seenOf, type AttentionData } from "../arbitraries/attentionData.ts";
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
    name: `${name}: output, weights, scores and every gradient agree with the oracle`,
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
  return whole(backend, structure, hosted(structure, data, dtype));
}

interface Inputs {
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly inputs: { readonly query: Tensor; readonly key?: Tensor; readonly value?: Tensor };
  readonly given: Pick<AttentionOptions, "keyLengths" | "mask" | "bias" | "dropout" | "residual">;
  /** Of scores, that of what is seen. */
  readonly seen: Tensor;
  readonly upstream: Readonly<Record<"output" | "weights" | "scores", Tensor>>;
}

/** Output, weights, scores, and for the upstream gradients of all three the gradients of the weights, of what is read, of bias and residual. */
const whole = compiled((structure: AttentionStructure) => ({ weights, inputs, given, seen, upstream }: Inputs): Tree<Tensor> => {
  const { causal, softCap } = structure;
  const result = ran(structure, weights, inputs, { causal, softCap, ...given });
  const results = { output: result.output, weights: result.weights, scores: where(seen, result.scores, 0) };
  const part = (name: "output" | "weights" | "scores"): Tensor => results[name].mul(upstream[name]).sum();
  const loss = part("output").add(part("weights")).add(part("scores"));
  const { bias, residual } = given;
  const wanted = { weights, inputs, ...(bias && { bias }), ...(residual && { residual }) };
  return { ...results, gradients: gradient(loss, wanted as never) };
});

/** By the function of the score, or by the module where that may be had as well. */
function ran(
  { choice, lead }: AttentionStructure,
  weights: Inputs["weights"],
  inputs: Inputs["inputs"],
  options: AttentionOptions,
): AttentionResult {
  const module = moduleOf(choice);
  const own = nested(weights) as never; // which weights there are is data here
  if (module && (choice.score === "multiHead" || lead.length === 1)) return module.run(own, { ...inputs, ...options });
  const [q, k, v] = [inputs.query, inputs.key!, inputs.value!];
  switch (choice.score) {
    case "dot":
      return dotAttention(weights["scale"] === undefined ? q : q.mul(weights["scale"]), k, v, options);
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

/** "score.wq" as `wq` of `score`. */
export function nested(weights: Inputs["weights"]): Tree<Tensor> {
  const prefix = "score.";
  const named = (isScore: boolean) =>
    Object.entries(weights).flatMap(([name, w]) =>
      name.startsWith(prefix) === isScore ? [[isScore ? name.slice(prefix.length) : name, w] as const] : [],
    );
  const score = Object.fromEntries(named(true));
  return { ...Object.fromEntries(named(false)), ...(Object.keys(score).length > 0 && { score }) };
}

/** None for a choice that is a function alone. */
export function moduleOf(choice: AttentionChoice): Attention<never> | undefined {
  switch (choice.score) {
    case "multiHead": {
      const { score: _, by, size, valueSize, ...options } = choice;
      const columns = options.useProjections === false ? {} : { size, valueSize }; // otherwise they follow from what is read
      return multiHeadAttention({ ...options, ...columns, ...by }) as unknown as Attention<never>;
    }
    case "scaledDot":
      return choice.scale === undefined ? (attention({ score: "scaledDot" }) as unknown as Attention<never>) : undefined;
    default:
      return attention(choice) as unknown as Attention<never>;
  }
}

function hosted(structure: AttentionStructure, data: AttentionData, dtype: Float): Tree<HostArray> {
  const { weights, inputs, keyLengths, upstream, mask, bias, dropout, residual } = data;
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
    seen: of(seenOf(structure, data)),
    upstream: mapTree(upstream, of),
  };
}
