// Files of other programs, with what they gave: see fixtures/README.md.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface FixtureArray {
  readonly dtype?: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: readonly number[];
}

export interface Fixture {
  readonly inputs: readonly FixtureArray[];
  readonly outputs: readonly FixtureArray[];
  /** What PyTorch prints of the module. */
  readonly module?: string;
}

/** "torch/lstm.safetensors" */
export function fixtureBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url))));
}

/** "torch/lstm" → what went in and what came out. */
export function fixture(name: string): Fixture {
  return JSON.parse(new TextDecoder().decode(fixtureBytes(`${name}.json`))) as Fixture; // which the files are
}
