// Constants of a file, each once: by what they hold, or by the name of the weight that they are.
import type { NameSource } from "../emission/emitter.ts";
import type { Affine, Data, Scalar } from "../emission/values.ts";
import type { Initialiser } from "../emission/written.ts";

export class Initialisers {
  readonly all: Initialiser[] = [];
  readonly #names: NameSource;
  readonly #byText = new Map<string, string>();
  readonly #byData = new Map<string, Map<object, string>>();

  constructor(names: NameSource) {
    this.#names = names;
  }

  /** i64 [n], or without axes. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const data = values.map((n) => (n >= Number.MAX_SAFE_INTEGER ? 2 ** 53 : n <= Number.MIN_SAFE_INTEGER ? -(2 ** 53) : n));
    return this.#once(`i64 ${shape.join("×")}: ${values.join()}`, `ints.${data.length > 8 ? "" : data.map((n) => (n === 2 ** 53 ? "end" : n === -(2 ** 53) ? "start" : n)).join(".")}`, (name) => ({ name, elem: "i64", shape, data })); // prettier-ignore
  }

  scalar({ value, elem }: Pick<Scalar, "value" | "elem">): string {
    return this.#once(`${elem}: ${Object.is(value, -0) ? "-0" : value}`, `${elem}.${value}`, (name) => {
      if (elem === "i64" || elem === "bool") return { name, elem, shape: [], data: [value] };
      const data = elem === "f32" ? Float32Array.of(value) : elem === "f64" ? Float64Array.of(value) : Int32Array.of(value);
      return { name, elem, shape: [], data };
    });
  }

  data({ data, shape, elem, name }: Data): string {
    const key = shape.join("×"),
      known = this.#byData.get(key) ?? new Map<object, string>();
    this.#byData.set(key, known);
    const found = known.get(data);
    if (found !== undefined) return found;
    const made = name ?? this.#names.take("numbers");
    this.all.push({ name: made, shape, elem, data });
    known.set(data, made);
    return made;
  }

  affine({ offset, axes, shape }: Affine): string {
    const values = axes.reduce<readonly number[]>(
      (all, { n, step }) => all.flatMap((at) => Array.from({ length: n }, (_, i) => at + i * step)),
      [offset],
    );
    return this.ints(values, shape);
  }

  #once(key: string, wanted: string, make: (name: string) => Initialiser): string {
    const known = this.#byText.get(key);
    if (known !== undefined) return known;
    const name = this.#names.take(wanted);
    this.all.push(make(name));
    this.#byText.set(key, name);
    return name;
  }
}
