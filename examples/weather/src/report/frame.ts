// What every plot stands on: its size, its scales, and axes with few lines and readable numbers.
import { scaleLinear, scaleUtc, type ScaleLinear, type ScaleTime } from "d3-scale";
import { escape, px, tag } from "./svg.ts";

/** Drawn once for screens and once for phones, so that letters keep their size on both. */
export interface Size {
  readonly name: "wide" | "narrow";
  readonly width: number;
  readonly height: number;
}

export const sizes: readonly Size[] = [
  { name: "wide", width: 860, height: 300 },
  { name: "narrow", width: 340, height: 240 },
];

/** The inner edges, in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function frameOf({ width, height }: Pick<Size, "width" | "height">): Frame {
  return { left: 34, right: width - 12, top: 14, bottom: height - 26 };
}

export type Linear = ScaleLinear<number, number>;
export type Time = ScaleTime<number, number>;

export function horizontal({ left, right }: Frame, domain: readonly [number, number]): Linear {
  return scaleLinear(domain, [left, right]);
}

/** Ends on round numbers. */
export function vertical({ top, bottom }: Frame, domain: readonly [number, number]): Linear {
  return scaleLinear(domain, [bottom, top]).nice(5);
}

export function overTime({ left, right }: Frame, from: Date, to: Date): Time {
  return scaleUtc([from, to], [left, right]);
}

/** Numbers at the left, each with a faint line through the plot; the one at 0 stands out. */
export function verticalAxis(scale: Linear, { left, right }: Frame, format: (value: number) => string = scale.tickFormat(5)): string {
  const ticks = scale.ticks(5).map((value) => {
    const y = px(scale(value));
    return (
      tag("line", { class: value === 0 ? "grid zero" : "grid", x1: left, x2: right, y1: y, y2: y }) +
      tag("text", { x: left - 7, y, dy: "0.32em", "text-anchor": "end" }, escape(format(value)))
    );
  });
  return tag("g", { class: "axis" }, ...ticks);
}

/** Labels under the plot, at these places. */
export function horizontalAxis(labels: readonly (readonly [x: number, label: string])[], { bottom }: Frame): string {
  const ticks = labels.map(([x, label]) => tag("text", { x: px(x), y: bottom + 18, "text-anchor": "middle" }, escape(label)));
  return tag("g", { class: "axis" }, ...ticks);
}

/** A label for each month, in the middle of what is seen of it. */
export function monthAxis(scale: Time, frame: Frame): string {
  const [from, to] = scale.domain() as [Date, Date];
  const starts = [from, ...scale.ticks(12).filter((tick) => tick.getUTCDate() === 1 && tick > from), to];
  const labels = starts.slice(0, -1).flatMap((start, i): [number, string][] => {
    const [x0, x1] = [scale(start), scale(starts[i + 1]!)];
    return x1 - x0 < 24 ? [] : [[(x0 + x1) / 2, months.format(start)]];
  });
  const edges = starts
    .slice(1, -1)
    .map((start) => tag("line", { class: "grid", x1: px(scale(start)), x2: px(scale(start)), y1: frame.top, y2: frame.bottom }));
  return edges.join("") + horizontalAxis(labels, frame);
}

const months = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });
