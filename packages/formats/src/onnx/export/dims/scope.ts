// A graph that is being written for all sizes at once: its nodes so far, and sizes that are computed as the file runs, each once.
import { elementTypes } from "../emission/operators.ts";
import type { NameSource } from "../emission/emitter.ts";
import { type Attributes, type Elem, int } from "../emission/values.ts";
import type { WrittenNode } from "../emission/written.ts";
import { fit, fitOne, type Formula, type Variable } from "./fit.ts";
import type { Initialisers } from "./initialisers.ts";
import type { Problem } from "./unlike.ts";

/** A dimension of a value that differs. */
export interface Size extends Variable {
  readonly of: string;
  readonly axis: number;
  /** As the file calls it, where it has a name. */
  readonly name?: string;
}

export class Scope {
  readonly nodes: WrittenNode[] = [];
  readonly #outer: Scope | undefined;
  readonly #names: NameSource;
  readonly constants: Initialisers;
  readonly #sizes: Size[] = [];
  readonly #rounded: Size[] = [];
  readonly #computed = new Map<string, string>();

  constructor(names: NameSource, constants: Initialisers, outer?: Scope) {
    this.#names = names;
    this.constants = constants;
    this.#outer = outer;
  }

  /** What cannot be written, of all scopes, each place once. */
  readonly problems: Problem[] = [];

  report(found: readonly Problem[]): void {
    if (this.#outer !== undefined) return this.#outer.report(found);
    for (const one of found) if (!this.problems.some(({ origin }) => origin === one.origin)) this.problems.push(one);
  }

  within(): Scope {
    return new Scope(this.#names, this.constants, this);
  }

  /** From here on sizes may be told by this one. */
  know(size: Size): void {
    this.#sizes.push(size);
  }

  /** A size that others tell by rounding: what cannot be told by those may be by it. */
  knowRounded(size: Size): void {
    this.#rounded.push(size);
  }

  get rounded(): readonly Size[] {
    return [...(this.#outer?.rounded ?? []), ...this.#rounded];
  }

  get sizes(): readonly Size[] {
    return [...(this.#outer?.sizes ?? []), ...this.#sizes];
  }

  fit(seen: readonly number[]): Formula<Size> | undefined {
    return fit(seen, this.sizes) ?? fitOne(seen, this.rounded);
  }

  /** i64 [1] of a formula. */
  compute(formula: Formula<Size>): string {
    const { constant, terms, over } = formula;
    if (terms.length === 0) return this.constants.ints([constant]);
    const owner = this.#ownerOf(terms.flatMap(({ of }) => of));
    if (owner !== this) return owner.compute(formula);
    const products = terms.map(({ factor, of }) => {
      const product = of.map((size) => this.#size(size)).reduce((a, b) => this.#once("Mul", [a, b]));
      return factor === 1
        ? product
        : factor === -1
          ? this.#once("Neg", [product])
          : this.#once("Mul", [product, this.constants.ints([factor])]);
    });
    const sum = [...products, ...(constant === 0 ? [] : [this.constants.ints([constant])])].reduce((a, b) => this.#once("Add", [a, b]));
    return over === 1 ? sum : this.#once("Div", [sum, this.constants.ints([over])]);
  }

  /** The same, as `elem` without axes. */
  number(formula: Formula<Size>, elem: Elem): string {
    const scalar = this.#once("Squeeze", [this.compute(formula), this.constants.ints([0])]);
    return elem === "i64" ? scalar : this.#once("Cast", [scalar], { to: int(elementTypes[elem]) });
  }

  add(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.#once(op, inputs, attributes);
  }

  #size({ of, axis }: Size): string {
    return this.#once("Shape", [of], { start: int(axis), end: int(axis + 1) });
  }

  /** Where all of these are known. */
  #ownerOf(sizes: readonly Size[]): Scope {
    return sizes.some((size) => this.#sizes.includes(size) || this.#rounded.includes(size)) || this.#outer === undefined
      ? this
      : this.#outer.#ownerOf(sizes);
  }

  #once(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const key = JSON.stringify([op, inputs, attributes]);
    const known = this.#find(key);
    if (known !== undefined) return known;
    const name = this.#names.take(`sizes/${op.toLowerCase()}`);
    this.nodes.push({ op, inputs, outputs: [name], attributes, origin: "sizes" });
    this.#computed.set(key, name);
    return name;
  }

  #find(key: string): string | undefined {
    return this.#computed.get(key) ?? (this.#outer === undefined ? undefined : this.#outer.#find(key));
  }
}
