// A measure that has options stands as it is, with those it has where they are left out, and is called for others: `huber`, `huber({ delta: 2 })`.
import { filled, optionsOf, type Filled, type Table } from "../options/table.ts";
import type { Measure } from "./measure.ts";

export type Configurable<M extends Measure, C> = M & ((config?: C) => M);

/** A call throws INVALID_ARGUMENT for options that are not what the table says. */
export function configurable<M extends Measure, C extends object, const T extends Table<NoInfer<C>>>(
  table: T,
  make: (config: Filled<T>) => M,
): Configurable<M, C> {
  const plain = make(filled(table, {}));
  const called = (config: C = {} as C): M => make(optionsOf(plain.name, table, config)); // each has a value where it is left out
  const members = Object.entries(plain).map(([name, value]) => [name, { value: value as unknown, enumerable: true }]);
  return Object.defineProperties(called, Object.fromEntries(members) as PropertyDescriptorMap) as Configurable<M, C>; // a function's name is there to be defined
}
