// Where an item of a batch lies.
import { type Code, type Local, get, i32 } from "../../wasm/index.ts";

/** The offset of the item of that number, counted with the last axis fastest; as `strides`. */
export function offsetOf(item: Local, sizes: readonly number[], strides: readonly number[]): Code {
  const terms = sizes.flatMap((size, axis): Code[] => {
    const below = sizes.slice(axis + 1).reduce((items, inner) => items * inner, 1);
    const outer = below === 1 ? get(item) : i32.div(get(item), i32.const(below));
    const index = axis === 0 ? outer : i32.rem(outer, i32.const(size));
    return strides[axis] === 0 ? [] : [i32.mul(index, i32.const(strides[axis]!))];
  });
  return terms.length === 0 ? i32.const(0) : terms.reduce((sum, term) => i32.add(sum, term));
}
