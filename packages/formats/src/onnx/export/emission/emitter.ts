// Where nodes are put down, one after the other, each with the shape that it gives.
import type { Shape } from "@sluice/core";
import type { Attributes, Body, Elem, Emitted, Operand, Value } from "./values.ts";
import { Names } from "../../../naming/names.ts";
import { nth } from "../../read/there.ts";

export interface Wanted {
  readonly shape: Shape;
  readonly elem: Elem;
  /** What it is called, where that is free. */
  readonly name?: string | undefined;
}

/** Names of one file: each once. The same calls give the same names. */
export class NameSource {
  /** Numbers made for names, in whatever file of the same model: those of the largest models are not made for each size again. */
  readonly made: Map<string, Float32Array>;
  readonly #names = new Names();

  constructor(made = new Map<string, Float32Array>()) {
    this.made = made;
  }

  /** `wanted`, or with a number behind it. */
  take(wanted: string): string {
    return this.#names.take(wanted);
  }
}

/** A graph, or a body within one, that is being written. */
export class Emitter {
  readonly names: NameSource;
  /** Whether windows are written in a way that does not depend on which sizes divide which. */
  readonly evenly: boolean;
  readonly nodes: Emitted[] = [];
  /** What the next nodes come from. */
  origin = "";

  constructor(names: NameSource, evenly = false) {
    this.names = names;
    this.evenly = evenly;
  }

  /** A node with one output. */
  add(op: string, inputs: readonly Operand[], wanted: Wanted, attributes: Attributes = {}): Value {
    return nth(this.addSeveral(op, inputs, [wanted], attributes), 0); // there is one
  }

  addSeveral(
    op: string,
    inputs: readonly Operand[],
    wanted: readonly Wanted[],
    attributes: Attributes = {},
    body?: Body,
  ): readonly Value[] {
    const outputs = wanted.map(({ shape, elem, name }): Value => ({
      kind: "value",
      name: this.names.take(name ?? this.#nameOf(op)),
      shape,
      elem,
    }));
    this.nodes.push({ op, inputs, outputs, attributes, origin: this.origin, ...(body !== undefined && { body }) });
    return outputs;
  }

  #nameOf(op: string): string {
    const plain = op.toLowerCase();
    return this.origin === "" ? plain : `${this.origin}/${plain}`;
  }
}
