// What a caller's loss gives for a batch, checked, as an objective.
import { constant, SluiceError, Tensor, type Tree, where } from "@sluice/core";
import { type Names, options, show } from "@sluice/core/arguments";
import type { AnyOptions, Outcome } from "./options.ts";
import { isSummed, type Summed } from "./summed.ts";
import type { State } from "./state.ts";
import type { Addend } from "./totals.ts";
import type { Given, Objective } from "./update.ts";

type Loss = AnyOptions["loss"];
type Named = Readonly<Record<string, Tensor>>;

const parts: Names<Outcome<unknown, string>> = { loss: true, measures: true, weight: true, state: true };

export class LossObjective {
  readonly #who: string;
  readonly #loss: Loss;
  readonly #dtype: "f32" | "f64";
  readonly #state: State | undefined;
  #addends: readonly Addend[] | undefined;

  constructor(name: string, loss: Loss, dtype: "f32" | "f64", state: State | undefined) {
    this.#who = `${name}.loss`;
    this.#loss = loss;
    this.#dtype = dtype;
    this.#state = state;
  }

  /** "loss", then the measures; undefined before it was first traced. */
  get addends(): readonly Addend[] | undefined {
    return this.#addends;
  }

  /**
   * To be traced. Throws SHAPE_MISMATCH and DTYPE_MISMATCH for what is no scalar of the learner's type, INVALID_ARGUMENT for results that are
   * none, and for other measures than the first time.
   */
  of(training: boolean): (weights: Tree<Tensor>, given: Given<Named, Tensor>) => Objective {
    return (weights, { batch, masks = {}, state = {} }) => {
      const context = { state: this.#state?.nested(state) as never, masks, training }; // as the caller has it
      const { loss, measures = {}, weight, ...rest } = this.#read(this.#loss(weights as never, batch, context)); // likewise
      const scalars = Object.fromEntries(Object.entries(measures).filter((entry): entry is [string, Tensor] => !isSummed(entry[1])));
      this.#checkScalars({ loss, ...scalars, ...(weight !== undefined && { weight }) });
      this.#checkNames([{ name: "loss" }, ...Object.entries(measures).map(addendOf)]);
      if (this.#state === undefined && rest.state !== undefined)
        throw this.#wrong("INVALID_ARGUMENT", "gives a state, and the learner has none", "Give learn the state it starts with");
      const values = [loss, ...Object.values(measures)];
      const summed = (value: Tensor | Summed): Tensor => (isSummed(value) ? value.sums : weight === undefined ? value : value.mul(weight));
      return {
        loss,
        weight: weight ?? constant(1, [], this.#dtype),
        sums: values.map((value) => (weight === undefined ? summed(value) : where(weight, summed(value), 0))), // what does not count may be anything
        isWeightFree: weight !== undefined,
        ...(this.#state !== undefined && { state: this.#state.tensorsIn(rest.state ?? {}, this.#who) }),
      };
    };
  }

  #read(result: Tensor | Outcome<unknown, string>): Outcome<unknown, string> {
    return result instanceof Tensor ? { loss: result } : options(this.#who, result, parts, "what the loss returns");
  }

  #checkScalars(values: Named): void {
    for (const [name, value] of Object.entries(values)) {
      const given: unknown = value;
      if (!(given instanceof Tensor)) throw this.#wrong("INVALID_ARGUMENT", `${name} must be a tensor, got ${show(given)}`);
      const shape = `[${value.shape.join(", ")}]`;
      if (value.rank > 0) throw this.#wrong("SHAPE_MISMATCH", `${name} must be a scalar, got ${shape}`, "Take its mean, or its sum");
      if (value.dtype !== this.#dtype)
        throw this.#wrong("DTYPE_MISMATCH", `${name} must be ${this.#dtype}, got ${value.dtype}`, `cast(…, "${this.#dtype}")`);
    }
  }

  #checkNames(addends: readonly Addend[]): void {
    this.#addends ??= addends;
    const named = (list: readonly Addend[]): string =>
      list.map(({ name, sums }) => (sums === undefined ? name : `${name} (${sums.count} sums)`)).join(", ");
    const [names, first] = [named(addends), named(this.#addends)];
    if (new Set(addends.map(({ name }) => name)).size < addends.length)
      throw this.#wrong("INVALID_ARGUMENT", 'a measure is named "loss", as the loss is');
    if (names === first) return;
    throw this.#wrong("INVALID_ARGUMENT", `gave the measures ${first} first, now ${names}`, "Give the same for all shapes");
  }

  #wrong(code: "INVALID_ARGUMENT" | "SHAPE_MISMATCH" | "DTYPE_MISMATCH", what: string, fix?: string): SluiceError {
    return new SluiceError({ code, who: this.#who, what, ...(fix !== undefined && { fix }) });
  }
}

function addendOf([name, measure]: readonly [string, Tensor | Summed]): Addend {
  if (!isSummed(measure)) return { name };
  const { sums, result } = measure;
  return { name, sums: { count: sums.shape[0] ?? 0, result } };
}
