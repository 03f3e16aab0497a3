// For tests: a standalone file written, imported and opened, as whoever has it does.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostArray } from "@sluice/core";
import type { Standalone } from "../index.ts";

/** What a file exports, as JavaScript sees it. */
export interface Module {
  readonly name: string;
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[] }>>;
  readonly outputs: Readonly<Record<string, { readonly shape: readonly number[] }>>;
  open(options?: object): Promise<Opened>;
}

export interface Opened {
  predict(x: unknown, options?: object): unknown;
  stream(options?: object): OpenedStream;
  dispose(): void;
}

export interface OpenedStream {
  readonly steps: number;
  step(x: unknown): unknown;
  reset(): void;
  state(): { readonly steps: number; readonly arrays: Readonly<Record<string, HostArray>> };
  setState(state: unknown): void;
  dispose(): void;
}

/** Made for the first file; none after `cleanUp`: test files that share this module follow each other, each with a folder of its own. */
let folder: string | undefined;
let files = 0;

/** The path of the file, in a folder that `cleanUp` removes. */
export function written({ code }: Pick<Standalone, "code">): string {
  folder ??= mkdtempSync(join(tmpdir(), "sluice-standalone-"));
  const path = join(folder, `model${++files}.mjs`);
  writeFileSync(path, code);
  return path;
}

export async function imported(made: Pick<Standalone, "code">): Promise<Module> {
  return (await import(/* @vite-ignore */ written(made))) as Module; // as codeOf writes it
}

export async function opened(made: Pick<Standalone, "code">): Promise<Opened> {
  return (await imported(made)).open();
}

export function cleanUp(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}

/** Outputs with their numbers as bits, which tell −0 from 0 and one NaN from another. */
export function bitsOf(output: unknown): unknown {
  if (typeof output !== "object" || output === null) return output;
  if (!("data" in output)) return Object.fromEntries(Object.entries(output).map(([name, one]) => [name, bitsOf(one)]));
  const { dtype, shape, axes, data } = output as HostArray; // which has data
  return { dtype, shape, axes, bits: [...new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4)] };
}

/** The first rows of each. */
export function firstRows(output: unknown, rows: number): unknown {
  if (typeof output !== "object" || output === null) return output;
  if (!("data" in output)) return Object.fromEntries(Object.entries(output).map(([name, one]) => [name, firstRows(one, rows)]));
  const { shape, data, ...rest } = output as HostArray; // likewise
  return { ...rest, shape: [rows, ...shape.slice(1)], data: data.slice(0, (data.length / shape[0]!) * rows) };
}
