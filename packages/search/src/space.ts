// What options are chosen from: a dimension for each, drawn from a seed.
import { type Random } from "@sluice/core";
import { finite, positive, refused, wholeIn } from "@sluice/core/arguments";

/** What one option may be. */
export interface Dimension<T> {
  /** Of what is drawn, for errors and for telling spaces apart. */
  readonly description: string;
  draw(random: Random): T;
}

/** The options that a space gives. */
export type Drawn<S> = { readonly [K in keyof S]: S[K] extends Dimension<infer T> ? T : never };

/** One of these, each as likely. Plain data: it is written down and sent to threads. */
export function choice<const T>(values: readonly T[]): Dimension<T> {
  if (!Array.isArray(values) || values.length === 0) throw refused("choice", "values", values, "a list of at least one");
  return { description: `choice ${JSON.stringify(values)}`, draw: (random) => values[random.integers(1, values.length)[0] ?? 0] as T };
}

/** A number of low … high, each as likely. */
export function uniform(low: number, high: number): Dimension<number> {
  checkEnds("uniform", low, high);
  return { description: `uniform ${low} ${high}`, draw: (random) => random.uniform(1, low, high)[0] ?? low };
}

/** A number of low … high whose logarithm is uniform: for rates and sizes that span powers of ten. Both ends are above 0. */
export function logUniform(low: number, high: number): Dimension<number> {
  checkEnds("logUniform", low, high);
  if (!positive.accepts(low)) throw refused("logUniform", "low", low, positive.expected);
  return {
    description: `logUniform ${low} ${high}`,
    draw: (random) => Math.exp(random.uniform(1, Math.log(low), Math.log(high))[0] ?? Math.log(low)),
  };
}

const whole = wholeIn(-(2 ** 31), 2 ** 31 - 1);

/** A whole number of low … high, both included, each as likely. */
export function integer(low: number, high: number): Dimension<number> {
  for (const [name, value] of [["low", low], ["high", high]] as const) if (!whole.accepts(value)) throw refused("integer", name, value, whole.expected); // prettier-ignore
  if (high < low) throw refused("integer", "high", high, `a whole number of at least ${low}`);
  return { description: `integer ${low} ${high}`, draw: (random) => low + (random.integers(1, high - low + 1)[0] ?? 0) };
}

function checkEnds(who: string, low: number, high: number): void {
  if (!finite.accepts(low)) throw refused(who, "low", low, finite.expected);
  if (!finite.accepts(high) || high <= low) throw refused(who, "high", high, `a finite number above ${low}`);
}
