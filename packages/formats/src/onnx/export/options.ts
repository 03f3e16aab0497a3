// What `toOnnx` takes.
import type { Shape } from "@sluice/core";
import { boolean, check, options, optional, refused, type Rule, shape, size, text } from "@sluice/core/arguments";

export interface ToOnnxOptions {
  /** Of the graph. Default the model's or the function's. */
  readonly name?: string;
  /** For people: what the model is. Default none. */
  readonly doc?: string;
  /** What readers find beside the graph, by key, such as `{ labels: "rain,snow" }`. Default none. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Of a model: how many rows a batch has, or "dynamic" (default). */
  readonly batch?: number | "dynamic";
  /**
   * Of a model: how many steps its inputs have, of all or by input, or "dynamic". Default dynamic for inputs of steps whose number the model does not say by
   * `input({ shape })`.
   */
  readonly steps?: Steps | Readonly<Record<string, Steps>>;
  /** Of a model: one sample's shape, or one by input, where the model says none. */
  readonly shape?: Shape | Readonly<Record<string, Shape>>;
  /** Of a model: take `lengths` i32 [batch] beside x, `x.lengths` of several inputs, as `predict` does. Default false. */
  readonly lengths?: boolean;
  /**
   * Of a model with a `maskIndex` or `masking`: whether steps that do not count stand at the end of each row alone. Then recurrent layers are LSTM, GRU and RNN
   * with their lengths, and of rows that have such steps elsewhere the file gives other numbers; otherwise each is a Scan that looks at the mask of each
   * step. Default false.
   */
  readonly rightPadded?: boolean;
}

export type Steps = number | "dynamic";

const open: Rule<Steps> = {
  expected: 'a whole number of at least 1, or "dynamic"',
  accepts: (value): value is Steps => value === "dynamic" || size.accepts(value),
};

function recordOf<T>(rule: Rule<T>, expected: string): Rule<Readonly<Record<string, T>>> {
  return {
    expected,
    accepts: (value): value is Readonly<Record<string, T>> =>
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(rule.accepts),
  };
}

function either<A, B>(a: Rule<A>, b: Rule<B>): Rule<A | B> {
  return { expected: `${a.expected}, or ${b.expected}`, accepts: (value): value is A | B => a.accepts(value) || b.accepts(value) };
}

const table: { readonly [K in keyof ToOnnxOptions]-?: Rule<ToOnnxOptions[K]> } = {
  name: optional(text),
  doc: optional(text),
  metadata: optional(recordOf(text, "a record of texts")),
  batch: optional(open),
  steps: optional(either(open, recordOf(open, "a record of such by input"))),
  shape: optional(either(shape, recordOf(shape, "a record of shapes by input"))),
  lengths: optional(boolean),
  rightPadded: optional(boolean),
};

const names = { name: true, doc: true, metadata: true, batch: true, steps: true, shape: true, lengths: true, rightPadded: true } as const;
const ofModels = ["batch", "steps", "shape", "lengths", "rightPadded"] as const;

/** Throws INVALID_ARGUMENT for an option that there is not, or is not what the table says. */
export function checkedOptions(given: ToOnnxOptions, isModel: boolean): ToOnnxOptions {
  const all = options("toOnnx", given, names);
  for (const [name, rule] of Object.entries(table)) check<unknown>("toOnnx", name, all[name as keyof ToOnnxOptions], rule); // a key of the table
  const alien = isModel ? undefined : ofModels.find((name) => all[name] !== undefined);
  if (alien !== undefined) throw refused("toOnnx", alien, all[alien], "left out: a traced function has the shapes that its inputs say");
  return all;
}
