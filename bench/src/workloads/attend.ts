// Attention: over heads, with and without projections, forward alone and with its gradients.
import type { HostArray } from "@sluice/core";
import { exactly, joined, normal, started } from "./data.ts";
import { attention, multiHead, type Sizes } from "./float64/attention.ts";
import { meanSquaredError } from "./float64/losses.ts";
import type { MultiHead } from "./tasks.ts";
import type { TaskName, Tasks, Workload } from "./workload.ts";

export function attend(sizes: Sizes): Workload<"attention"> {
  const given = () => ({ heads: sizes.heads, q: signal("q", sizes), k: signal("k", sizes), v: signal("v", sizes) });
  return described("attention", "scaled dot attention", sizes, {
    task: "attention",
    flops: scoreFlops(sizes),
    given,
    expected: () => attention(qkv(given()), sizes).output,
  });
}

export function attendGradient(sizes: Sizes): Workload<"attentionGradient"> {
  const given = () => ({ ...attend(sizes).given(), target: signal("target", sizes) });
  return described("attention-gradient", "scaled dot attention, forward and backward", sizes, {
    task: "attentionGradient",
    flops: 3 * scoreFlops(sizes),
    given,
    expected() {
      const { output, backward } = attention(qkv(given()), sizes);
      const { d } = meanSquaredError(output, exactly({ target: given().target }).target);
      const { q, k, v } = backward(d);
      return joined([q, k, v]);
    },
  });
}

export function multiHeadAttend(sizes: Sizes): Workload<"multiHead"> {
  const { features, heads } = sizes;
  const matrix = { axes: { features, columns: features }, init: "zeros" } as const; // of which `started` makes its own
  const given = () => ({
    heads,
    weights: started({ wq: matrix, wk: matrix, wv: matrix, wo: matrix }, features / 3, "projections"), // variance 1/features: signals keep their size
    x: signal("x", sizes),
  });
  return described("multi-head", "attention with projections", sizes, {
    task: "multiHead",
    flops: scoreFlops(sizes) + projectionFlops(sizes),
    given,
    expected: () => multiHead(projected(given()), sizes).output,
  });
}

export function multiHeadGradient(sizes: Sizes): Workload<"multiHeadGradient"> {
  const given = () => ({ ...multiHeadAttend(sizes).given(), target: signal("target", sizes) });
  return described("multi-head-gradient", "attention with projections, forward and backward", sizes, {
    task: "multiHeadGradient",
    flops: 3 * (scoreFlops(sizes) + projectionFlops(sizes)),
    given,
    expected() {
      const { output, backward } = multiHead(projected(given()), sizes);
      const { d } = meanSquaredError(output, exactly({ target: given().target }).target);
      const { wq, wk, wv, wo, x } = backward(d);
      return joined([wq, wk, wv, wo, x]);
    },
  });
}

function described<T extends TaskName>(
  name: string,
  what: string,
  { batch, steps, features, heads }: Sizes,
  rest: Pick<Workload<T>, "task" | "flops" | "given" | "expected">,
): Workload<T> {
  return {
    name: `${name}-h${heads}-b${batch}-t${steps}-d${features}`,
    help: `${what}, ${heads === 1 ? "1 head" : `${heads} heads`}, batch ${batch}, ${steps} steps, ${features} features`,
    compared: 1,
    tolerance: 1e-5, // sums of up to `features` or `steps` terms: 1e-6
    ...rest,
  };
}

/** Of q·kᵀ and of the weights times v. */
function scoreFlops({ batch, steps, features }: Sizes): number {
  return 4 * batch * steps ** 2 * features;
}

function projectionFlops({ batch, steps, features }: Sizes): number {
  return 8 * batch * steps * features ** 2;
}

function signal(label: string, { batch, steps, features }: Sizes): HostArray {
  return normal(label, [batch, steps, features]);
}

function qkv({ q, k, v }: Tasks["attention"]) {
  return exactly({ q, k, v });
}

function projected({ weights, x }: MultiHead) {
  return exactly({ ...weights, x });
}
