// The Programs that attention.md shows, as they really come out.
import {
  gradient,
  lowerGraph,
  multiHeadAttention,
  scan,
  trace,
  additiveAttention,
  type AdditiveWeights,
  type AttentionCache,
  type Projections,
  type Slot,
  type Tensor,
} from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";

const { supports } = await open();
const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });

const module = multiHeadAttention({ heads: 2, useBias: false }),
  weights = Object.fromEntries(
    Object.entries(module.weights({ query: 8 })).map(([name, { axes }]) => [name, f32(...Object.values<number>(axes))]),
  );
type Heads = { readonly w: Projections<Tensor>; readonly x: Tensor };
const heads = ({ w, x }: Heads): Tensor => module.run(w, { query: x, causal: true }).output;

type Step = { readonly w: Projections<Tensor>; readonly x: Tensor; readonly position: Tensor; readonly cache: AttentionCache<Tensor> };
const step = ({ w, x, position, cache }: Step) => {
  const next = module.step(w, { query: x, position, cache });
  return { y: next.output, next: next.cache };
};
const kept = module.cache({ query: 8 }, 5),
  cache = Object.fromEntries(Object.entries(kept).map(([part, { axes }]) => [part, f32(2, ...Object.values<number>(axes))]));

type Decoder = { readonly w: AdditiveWeights<Tensor>; readonly h: Tensor; readonly x: Tensor; readonly memory: Tensor };
const decoder = ({ w, h, x, memory }: Decoder): Tensor =>
  scan({
    name: "decoder",
    state: { h },
    inputs: x,
    step: ({ h: state }, row) => {
      const next = additiveAttention(w, state.expand(1), memory, memory).output.squeeze(1).add(row);
      return { state: { h: next }, output: next };
    },
  }).outputs;
const given = { w: { wq: f32(4, 6), wk: f32(4, 6), b: f32(6), v: f32(6) }, h: f32(2, 4), x: f32(5, 2, 4), memory: f32(2, 7, 4) };

/** By the name under which attention.md shows them; slots without the name of the attention. */
export const attentionPrograms: Readonly<Record<string, string>> = {
  heads: programOf("two heads", (at: Heads) => ({ y: heads(at) }), { w: weights, x: f32(2, 5, 8) }),
  gradient: programOf(
    "two heads with gradient",
    ({ w, x, dy }: Heads & { readonly dy: Tensor }) => ({ d: gradient(heads({ w, x }), { w, x } as never, dy) }),
    {
      w: weights,
      x: f32(2, 5, 8),
      dy: f32(2, 5, 8),
    },
  ),
  step: programOf("a step of two heads", step, { w: weights, x: f32(2, 1, 8), position: { shape: [2], dtype: "i32" }, cache }),
  decoder: programOf("decoder", (at: Decoder) => ({ y: decoder(at) }), given),
};

function programOf(name: string, fn: (at: never) => unknown, at: unknown): string {
  const program = lowerGraph(trace(name, fn as (...args: never[]) => unknown, [at]).graph, supports);
  const short = (slot: Slot): Slot => (slot.name === undefined ? slot : { ...slot, name: slot.name.replaceAll(/\w+Attention\./g, "") });
  return print({ ...program, slots: program.slots.map(short) });
}
