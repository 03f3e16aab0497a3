// Operators that normalise.
import { abs, add, div, mean, normalize, reshape, rmsNormalization, sqrt, square, sub, sum, type Tensor } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { traced, type Value } from "../values/value.ts";
import { axisOf, input, optionalTensor, tensor } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const normalisations: Operators = {
  BatchNormalization: { since: 9, evaluate: batch },
  LayerNormalization: { since: 17, evaluate: layer },
  InstanceNormalization: { since: 6, evaluate: instance },
  GroupNormalization: { since: 18, evaluate: group },
  RMSNormalization: { since: 23, evaluate: rms },
  LpNormalization: { since: 1, evaluate: lp },
  MeanVarianceNormalization: { since: 13, evaluate: meanVariance },
};

/** x [batch, channels, …], with the statistics of training. */
function batch(call: Call): readonly Value[] {
  call.attributes.float("momentum", 0.9);
  if (call.attributes.flag("training_mode", false))
    throw new NotSupported("takes the statistics of each batch", "export the model in inference");
  const x = tensor(call, 0),
    [gain, shift, μ, σ2] = [1, 2, 3, 4].map((i) => perChannel(tensor(call, i), x.rank)) as [Tensor, Tensor, Tensor, Tensor],
    epsilon = call.attributes.float("epsilon", 1e-5);
  return [traced(input(call, 0).type, normalize(x, { mean: μ, variance: σ2, gain, shift, epsilon }))];
}

/** [channels] beside x [batch, channels, …]. */
function perChannel(t: Tensor, rank: number): Tensor {
  return reshape(t, [t.size, ...Array.from({ length: Math.max(0, rank - 2) }, () => 1)]);
}

/** Over the axes from `axis` on; beside it the means and the inverses of the deviations. */
function layer(call: Call): readonly (Value | undefined)[] {
  stashed(call);
  const { type } = input(call, 0),
    x = tensor(call, 0),
    from = axisOf(call, -1),
    axes = Array.from({ length: x.rank - from }, (_, i) => from + i),
    epsilon = call.attributes.float("epsilon", 1e-5);
  const gain = tensor(call, 1),
    shift = optionalTensor(call, 2),
    y = normalize(x, { axes, gain, epsilon, ...(shift !== undefined && { shift }) });
  if (call.node.outputs.length === 1) return [traced(type, y)];
  const μ = mean(x, axes, { keepDims: true }),
    σ2 = mean(square(sub(x, μ)), axes, { keepDims: true });
  return [traced(type, y), traced(type, μ), traced(type, div(1, sqrt(add(σ2, epsilon))))];
}

/** Computed in 32 bits at least, whatever it says. */
function stashed({ attributes }: Call): void {
  if (attributes.int("stash_type", 1) !== 1) throw new NotSupported("stash_type is not 1", "leave it at 1, 32 bits");
}

function instance(call: Call): readonly Value[] {
  const x = tensor(call, 0),
    axes = Array.from({ length: x.rank - 2 }, (_, i) => i + 2),
    epsilon = call.attributes.float("epsilon", 1e-5);
  const [gain, shift] = [perChannel(tensor(call, 1), x.rank), perChannel(tensor(call, 2), x.rank)] as const;
  return [traced(input(call, 0).type, normalize(x, { axes, gain, shift, epsilon }))];
}

/** Gain and shift by group before version 21, by channel from then on. */
function group(call: Call): readonly Value[] {
  stashed(call);
  const x = tensor(call, 0),
    [n = 0, channels = 0, ...rest] = x.shape,
    groups = call.attributes.int("num_groups", 1),
    epsilon = call.attributes.float("epsilon", 1e-5);
  if (groups < 1 || channels % groups !== 0) throw corrupt(`${channels} channels are in ${groups} groups`);
  const parts = reshape(x, [n, groups, channels / groups, ...rest]),
    axes = Array.from({ length: parts.rank - 2 }, (_, i) => i + 2),
    normal = normalize(parts, { axes, epsilon });
  const scaled = (t: Tensor): Tensor => (call.version < 21 ? perChannel(t, parts.rank) : perChannel(t, x.rank));
  const by = (y: Tensor): Tensor => y.mul(scaled(tensor(call, 1))).add(scaled(tensor(call, 2)));
  return [traced(input(call, 0).type, call.version < 21 ? reshape(by(normal), x.shape) : by(reshape(normal, x.shape)))];
}

function rms(call: Call): readonly Value[] {
  stashed(call);
  const x = tensor(call, 0),
    from = axisOf(call, -1),
    epsilon = call.attributes.float("epsilon", 1e-5),
    gain = tensor(call, 1);
  const flat = reshape(x, [...x.shape.slice(0, from), x.shape.slice(from).reduce((n, m) => n * m, 1)]);
  return [traced(input(call, 0).type, reshape(rmsNormalization(flat, { epsilon }), x.shape).mul(gain))];
}

function lp(call: Call): readonly Value[] {
  const x = tensor(call, 0),
    axis = axisOf(call, -1),
    p = call.attributes.int("p", 2);
  if (p !== 1 && p !== 2) throw corrupt(`a norm of order ${p}, which is 1 or 2`);
  const norm = p === 1 ? sum(abs(x), axis, { keepDims: true }) : sqrt(sum(square(x), axis, { keepDims: true }));
  return [traced(input(call, 0).type, div(x, norm))];
}

function meanVariance(call: Call): readonly Value[] {
  const axes = call.attributes.ints("axes") ?? [0, 2, 3];
  return [traced(input(call, 0).type, normalize(tensor(call, 0), { axes, epsilon: 1e-9 }))];
}
