// What a step is made of, and how that runs: what is read before anything is written, what is written, and in which order.
import { type Launch, start } from "@sluice/core/kit";
import type { Device } from "../gpu/device.ts";
import type { Shader } from "../gpu/shader.ts";
import { type Sheet, hold } from "../gpu/sheet.ts";
import { type Buffer, lay, layParts, partsOf, show } from "../memory/buffer.ts";
import type { Region } from "./regions.ts";

/** What one texture argument is. */
export type Input =
  /** Regions of one slot, as they are when the step starts. */
  | { readonly regions: readonly Region[] }
  /** A region as it is now: after the earlier passes of the step. */
  | { readonly latest: Region }
  /** What an earlier pass of the step made for this. */
  | { readonly result: number };

/** A kernel run once. */
export interface Dispatch {
  readonly shader: Shader;
  readonly inputs: readonly Input[];
  /** Where each output goes; absent for what only later passes read. */
  readonly outputs: readonly (Region | undefined)[];
  /** Threads. */
  readonly length: number;
}

/** A step is a few of these: most are dispatches; a copy of what lies alike takes none, nor do constants, made once. */
export type Pass = Dispatch | { readonly copy: Region; readonly to: Region } | { readonly constant: Sheet; readonly to: Region };

/** The launch of a step: its passes, one after the other, all reading the slots as they were before the first, but for what is `latest`. */
export function launchOf(device: Device, passes: readonly Pass[]): Launch<Buffer> {
  return (slots, t) => {
    const kept: Sheet[] = [];
    const keep: Keep = (sheet) => {
      kept.push(hold(sheet));
      return sheet;
    };
    try {
      const ready = passes.map((pass) => prepared(pass, slots, t, keep));
      const results: Sheet[] = [];
      for (const run of ready) results.push(...run(device, results).map(keep));
    } finally {
      kept.forEach(device.release);
    }
  };
}

/** Takes hold of a sheet until the step is done. */
type Keep = (sheet: Sheet) => Sheet;

/** Runs a pass whose inputs are at hand; gives back what only later passes read. */
type Run = (device: Device, results: readonly Sheet[]) => Sheet[];

/** Takes hold of what a pass reads, as it is now. */
function prepared(pass: Pass, slots: readonly Buffer[], t: readonly number[], keep: Keep): Run {
  if (!("shader" in pass)) {
    const to = slots[pass.to.slot]!;
    const start = startOf(pass.to, t);
    if ("constant" in pass) return () => (lay(to, start, pass.constant), []);
    const parts = partsOf(slots[pass.copy.slot]!, startOf(pass.copy, t), pass.copy.length);
    for (const { sheet } of parts) keep(sheet);
    return () => (layParts(to, start, parts), []);
  }
  const { shader, inputs, outputs, length } = pass;
  const early = inputs.map((input) => ("regions" in input ? shown(input.regions, slots, t, keep) : undefined));
  return (device, results) => {
    const seen = inputs.map((input, i) => {
      if ("latest" in input) return shown([input.latest], slots, t, keep);
      return "result" in input ? { sheet: results[input.result]!, numbers: [0] } : early[i]!;
    });
    const sheets = device.launch(
      shader,
      seen.map(({ sheet }) => sheet),
      seen.flatMap(({ numbers }) => numbers),
      length,
    );
    return sheets.filter((sheet, i) => {
      const region = outputs[i];
      if (region !== undefined) lay(slots[region.slot]!, startOf(region, t), sheet);
      return region === undefined;
    });
  };
}

/** One sheet under all of a slot's regions, and where each begins on it. Taken hold of at once: showing more of a slot may pack it anew, and its buffer then lets go of what it packed before. */
function shown(
  regions: readonly Region[],
  slots: readonly Buffer[],
  t: readonly number[],
  keep: Keep,
): { sheet: Sheet; numbers: number[] } {
  const starts = regions.map((region) => startOf(region, t));
  const first = Math.min(...starts);
  const end = Math.max(...regions.map(({ length }, i) => starts[i]! + length));
  const { sheet, at } = show(slots[regions[0]!.slot]!, first, end - first);
  return { sheet: keep(sheet), numbers: starts.map((from) => at + from - first) };
}

function startOf({ start: offset, advance }: Region, t: readonly number[]): number {
  return start({ slot: 0, offset, shape: [], strides: [], advance }, t);
}
