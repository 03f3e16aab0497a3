// Rows by index, and sums of rows by index, with what core does where an index is outside: NaN, and nothing.
import type { Gather, Node, Scatter } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { elementwise, filled, gather, reshape, slice } from "../emission/operators.ts";
import { type Numbers, scalar, text } from "../emission/values.ts";
import type { Lowering } from "./lowering.ts";

/** table [rows, width] at index [n] → [n, width]; NaN outside. */
export function emitGather(e: Emitter, lowering: Lowering, { table, index, label, dtype }: Gather): Numbers {
  const rows = lowering.value(table),
    [count = 0] = rows.shape;
  if (isInside(index, count)) return gather(e, rows, lowering.value(index), 0, label);
  const at = lowering.value(index),
    inside = within(e, at, count),
    safe = elementwise(e, "Where", [inside, at, scalar(0, "i32")], "i32");
  const picked = gather(e, rows, safe, 0, label);
  return elementwise(e, "Where", [reshape(e, inside, [...at.shape, 1]), picked, scalar(dtype === "i32" ? 0 : NaN, dtype)], dtype);
}

/** source [n, width] added at index [n] onto zeros [rows, width]: those outside go to a row of their own, which is cut off. */
export function emitScatter(e: Emitter, lowering: Lowering, { source, index, shape, dtype }: Scatter): Numbers {
  const [rows = 0, width = 0] = shape;
  const at = lowering.value(index),
    safe = elementwise(e, "Where", [within(e, at, rows), at, scalar(rows, "i32")], "i32");
  const longer = filled(e, 0, [rows + 1, width], dtype),
    places = e.add(
      "Cast",
      [reshape(e, safe, [...at.shape, 1])],
      { shape: [...at.shape, 1], elem: "i64" },
      { to: { kind: "int", value: 7 } },
    );
  const sums = e.add(
    "ScatterND",
    [longer, places, lowering.value(source)],
    { shape: longer.shape, elem: dtype },
    { reduction: text("add") },
  );
  return slice(e, sums, [{ axis: 0, start: 0, n: rows, step: 1 }]);
}

function within(e: Emitter, at: Numbers, rows: number): Numbers {
  const below = elementwise(e, "Less", [at, scalar(rows, "i32")], "bool");
  return elementwise(e, "And", [elementwise(e, "GreaterOrEqual", [at, scalar(0, "i32")], "bool"), below], "bool");
}

/** Is it known to be? */
function isInside(index: Node, rows: number): boolean {
  if (index.kind === "const") return index.value >= 0 && index.value < rows;
  return index.kind === "data" && index.data.findLast((i) => i < 0 || i >= rows) === undefined;
}
