// What is written down of one size of the inputs: nodes of ONNX with every dimension a number. Several such, of unlike sizes, become one with names for
// what differs (../dims).
import type { Shape, TypedArray } from "@sluice/core";

export type Elem = "f32" | "f64" | "i32" | "i64" | "bool";

/** What a node gives, or a graph is given. */
export interface Value {
  readonly kind: "value";
  readonly name: string;
  readonly shape: Shape;
  readonly elem: Elem;
}

/** Sizes, positions, axes: i64 [n]. They may differ from size to size of the inputs. */
export interface Ints {
  readonly kind: "ints";
  readonly values: readonly number[];
}

/** One number, without axes. It may differ likewise. */
export interface Scalar {
  readonly kind: "scalar";
  readonly value: number;
  readonly elem: Elem;
  readonly shape: Shape;
}

/** Numbers that are known. Those that differ must be a progression. */
export interface Data {
  readonly kind: "data";
  /** Of a weight, the one that the file has it under: taken from the file's names. */
  readonly name?: string;
  readonly data: TypedArray;
  readonly shape: Shape;
  readonly elem: "f32" | "f64" | "i32";
}

/** i64 indices: offset + Σ step·i along each axis. */
export interface Affine {
  readonly kind: "affine";
  readonly offset: number;
  readonly axes: readonly { readonly n: number; readonly step: number }[];
  readonly shape: Shape;
  readonly elem: "i64";
}

/** An input that is left out. */
export interface Absent {
  readonly kind: "absent";
}

/** What has a shape and a type. */
export type Numbers = Value | Scalar | Data | Affine;
export type Operand = Numbers | Ints | Absent;

export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "texts"; readonly value: readonly string[] };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Emitted {
  readonly op: string;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  readonly body?: Body;
  /** Where it comes from, for errors: "lstm". */
  readonly origin: string;
}

/** A graph, or the body of a loop, which may read what is around it. */
export interface Body {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Emitted[];
}

export const absent: Absent = { kind: "absent" };

export function ints(...values: readonly number[]): Ints {
  return { kind: "ints", values };
}

export function scalar(value: number, elem: Elem): Scalar {
  return { kind: "scalar", value, elem, shape: [] };
}

export function int(value: number): Attribute {
  return { kind: "int", value };
}

export function text(value: string): Attribute {
  return { kind: "text", value };
}
