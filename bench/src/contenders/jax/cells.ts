// Cells in its operations: one product for x and h together, which is as fast as any other way or faster, above all when trained.
import type { HostArray } from "@sluice/core";
import type { GruWeights, LstmWeights, OwnWeights } from "../../workloads/tasks.ts";
import { columns, stacked } from "../layout.ts";
import type { Arrays, Jax, JaxArray } from "./api.ts";

export interface Cell {
  readonly units: number;
  readonly states: number;
  /** As `step` wants them. */
  readonly weights: Readonly<Record<string, HostArray>>;
  /** From x [batch, input] and the states, of which the first is the output, to the next states. Uses up all but the weights. */
  step(x: JaxArray, states: readonly JaxArray[], weights: Arrays): JaxArray[];
}

export function lstm({ numpy: np, nn }: Jax, { wx, wh, b }: LstmWeights): Cell {
  return {
    units: wh.shape[0]!,
    states: 2,
    weights: { w: stacked([wx, wh]), b },
    step(x, [h, c], { w, b }) {
      const [i, f, g, o] = np.split(np.matmul(np.concatenate([x, h!], 1), w!.ref).add(b!.ref), 4, 1);
      const kept = nn.sigmoid(f!).mul(c!);
      const memory = kept.add(nn.sigmoid(i!).mul(np.tanh(g!)));
      return [nn.sigmoid(o!).mul(np.tanh(memory.ref)), memory];
    },
  };
}

export function gru(jax: Jax, weights: GruWeights): Cell {
  const { bh } = weights;
  return bh === undefined ? resetBefore(jax, weights) : resetAfter(jax, { ...weights, bh });
}

/** The user's own cell. */
export function lem({ numpy: np, nn }: Jax, { wx, wh, wz, b }: OwnWeights): Cell {
  const units = wz.shape[0]!;
  const [inputs, last] = columns(wx, [3 * units, units]);
  const [bias, lastBias] = columns(b, [3 * units, units]);
  return {
    units,
    states: 2,
    weights: { w: stacked([inputs!, wh]), b: bias!, wl: stacked([last!, wz]), bl: lastBias! },
    step(x, [y, z], { w, b, wl, bl }) {
      const [step, hold, candidate] = np.split(np.matmul(np.concatenate([x.ref, y!.ref], 1), w!.ref).add(b!.ref), 3, 1);
      const memory = z!.ref.add(nn.sigmoid(step!).mul(np.tanh(candidate!).sub(z!)));
      const fresh = np.tanh(np.matmul(np.concatenate([x, memory.ref], 1), wl!.ref).add(bl!.ref));
      return [y!.ref.add(nn.sigmoid(hold!).mul(fresh.sub(y!))), memory];
    },
  };
}

function resetAfter({ numpy: np, nn }: Jax, { wx, wh, b, bh }: Required<GruWeights>): Cell {
  return {
    units: wh.shape[0]!,
    states: 1,
    weights: { wx, wh, b, bh },
    step(x, [h], { wx, wh, b, bh }) {
      const [xz, xr, xn] = np.split(np.matmul(x, wx!.ref).add(b!.ref), 3, 1);
      const [hz, hr, hn] = np.split(np.matmul(h!.ref, wh!.ref), 3, 1);
      const z = nn.sigmoid(xz!.add(hz!));
      const fresh = np.tanh(xn!.add(nn.sigmoid(xr!.add(hr!)).mul(hn!.add(bh!.ref))));
      return [fresh.ref.add(z.mul(h!.sub(fresh)))];
    },
  };
}

function resetBefore({ numpy: np, nn }: Jax, { wx, wh, b }: GruWeights): Cell {
  const units = wh.shape[0]!;
  const [xGates, xLast] = columns(wx, [2 * units, units]);
  const [hGates, hLast] = columns(wh, [2 * units, units]);
  const [bias, lastBias] = columns(b, [2 * units, units]);
  return {
    units,
    states: 1,
    weights: { w: stacked([xGates!, hGates!]), b: bias!, wl: stacked([xLast!, hLast!]), bl: lastBias! },
    step(x, [h], { w, b, wl, bl }) {
      const [z, r] = np.split(nn.sigmoid(np.matmul(np.concatenate([x.ref, h!.ref], 1), w!.ref).add(b!.ref)), 2, 1);
      const fresh = np.tanh(np.matmul(np.concatenate([x, r!.mul(h!.ref)], 1), wl!.ref).add(bl!.ref));
      return [fresh.ref.add(z!.mul(h!.sub(fresh)))];
    },
  };
}
