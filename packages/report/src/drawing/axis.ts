// Where an axis begins and ends, which numbers stand on it, and how they are written.
import { scaleLinear, scaleLog } from "d3-scale";
import { textWidth } from "../markup/textWidth.ts";
import { compact } from "../values/format.ts";
import { extent } from "../values/read.ts";

export interface Axis {
  readonly type: "linear" | "log" | "utc";
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

export interface AxisWish {
  readonly type?: "linear" | "log";
  /** How many numbers at most. */
  readonly count: number;
  readonly format?: ((value: number) => string) | undefined;
  /** Ends on round numbers; default true. */
  readonly nice?: boolean;
}

/** Undefined where no value can stand on it: none is finite, or none above 0 on one of decades. */
export function axisOf(values: readonly number[], { type = "linear", count, format, nice = true }: AxisWish): Axis | undefined {
  const found = extent(type === "log" ? values.filter((value) => value > 0) : values);
  if (found === undefined) return undefined;
  return type === "log" ? logAxis(found, count, format ?? compact) : linearAxis(found, count, format, nice);
}

function linearAxis(found: readonly [number, number], count: number, format: AxisWish["format"], nice: boolean): Axis {
  const scale = scaleLinear().domain(apart(found));
  if (nice) scale.nice(count);
  const [low = 0, high = 1] = scale.domain(),
    ticks = scale.ticks(count),
    step = (ticks[1] ?? high) - (ticks[0] ?? low),
    plain = Math.max(Math.abs(low), Math.abs(high)) < 1e6 && step >= 1e-3;
  return { type: "linear", domain: [low, high], ticks, format: format ?? (plain ? scale.tickFormat(count) : compact) };
}

/** One value alone stands in the middle; so do several that are nearer to each other, or to 0, than numbers can part. */
function apart([low, high]: readonly [number, number]): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(size * 1e-12, 1e-290)) return [low, high];
  const reach = size > 1e-290 ? size / 10 : 1;
  return [low - reach, high + reach];
}

function logAxis([low, high]: readonly [number, number], count: number, format: (value: number) => string): Axis {
  const [from, to] = high / low > 1.01 ? [low / 1.15, high * 1.15] : [low / 2, high * 2];
  const domain = [Math.max(from, Number.MIN_VALUE), Math.min(to, Number.MAX_VALUE)] as const;
  return { type: "log", domain, ticks: decades(domain, count), format };
}

/** 1, 2 and 5 of each decade where there are not more than `most`; otherwise 1 and 3, 1 alone, or one of several decades. */
export function decades([low, high]: readonly [number, number], most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const within = (mantissas: readonly number[], every: number): number[] => {
    const all: number[] = [];
    for (let exponent = Math.ceil(first / every) * every; exponent <= last; exponent += every)
      all.push(...mantissas.map((mantissa) => Number(`${mantissa}e${exponent}`)));
    return all.filter((value) => value >= low && value <= high);
  };
  const choices = [within([1, 2, 5], 1), within([1, 3], 1), within([1], 1)];
  for (let every = 2; every <= last - first; every++) choices.push(within([1], every));
  const fitting = choices.find((choice) => choice.length <= most && choice.length > 0);
  return fitting ?? scaleLog().domain([low, high]).ticks(2).slice(0, Math.max(1, most));
}

/** The widest of the axis' numbers, in pixels. */
export function widest({ ticks, format }: Pick<Axis, "ticks" | "format">): number {
  return Math.max(0, ...ticks.map((tick) => textWidth(format(tick))));
}
