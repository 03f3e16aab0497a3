// The attributes of a node as an operator asks for them. What nobody asked for is known at the end, so that none is passed over in silence.
import { type AttributeProto, AttributeProto_AttributeType as Type, type TensorProto } from "../schema/onnx_pb.ts";
import { corrupt, NotSupported } from "./failures.ts";
import type { Attribute, Graph } from "./model.ts";

const utf8 = new TextDecoder();

/** For one evaluation of a node. Throws FILE_CORRUPT for an attribute of another type than is asked for. */
export class Attributes {
  readonly #all: ReadonlyMap<string, Attribute>;
  readonly #unread: Set<string>;

  constructor(all: ReadonlyMap<string, Attribute>) {
    this.#all = all;
    this.#unread = new Set(all.keys());
  }

  /** Those that were not asked for. */
  get unread(): readonly string[] {
    return [...this.#unread];
  }

  has(name: string): boolean {
    return this.#all.has(name);
  }

  /** A whole number that 53 bits hold. */
  int(name: string, otherwise: number): number {
    const i = this.#get(name, Type.INT)?.i;
    return i === undefined ? otherwise : wholeOf(i);
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.int(name, Number(otherwise)) !== 0;
  }

  float(name: string, otherwise: number): number {
    return this.#get(name, Type.FLOAT)?.f ?? otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.#get(name, Type.INTS)?.ints.map((i) => wholeOf(i));
  }

  floats(name: string): readonly number[] | undefined {
    return this.#get(name, Type.FLOATS)?.floats;
  }

  text(name: string, otherwise: string): string {
    const s = this.#get(name, Type.STRING)?.s;
    return s === undefined ? otherwise : utf8.decode(s);
  }

  texts(name: string): readonly string[] | undefined {
    return this.#get(name, Type.STRINGS)?.strings.map((s) => utf8.decode(s));
  }

  tensor(name: string): TensorProto | undefined {
    return this.#get(name, Type.TENSOR)?.t;
  }

  graph(name: string): Graph {
    this.#get(name, Type.GRAPH);
    const graph = this.#all.get(name)?.graph;
    if (graph === undefined) throw corrupt(`the attribute ${name} must be a graph`);
    return graph;
  }

  /** One of the texts that are supported. */
  choice<T extends string>(name: string, otherwise: T, choices: readonly T[]): T {
    const given = this.text(name, otherwise),
      chosen = choices.find((choice) => choice === given);
    if (chosen === undefined) throw new NotSupported(`${name} is ${JSON.stringify(given)}`, `${choices.join(", ")} are supported`);
    return chosen;
  }

  #get(name: string, type: Type): AttributeProto | undefined {
    this.#unread.delete(name);
    const found = this.#all.get(name)?.proto;
    if (found === undefined || found.type === type) return found;
    throw corrupt(`the attribute ${name} is of another type than its operator has`, { attribute: name });
  }
}

function wholeOf(i: bigint): number {
  return Number(i); // those beyond 53 bits are ends of slices, where the nearest double does as well
}
