// What modules of PyTorch the names and shapes of a state dict look like. A guess, for people: nothing is loaded by it.
import type { TensorRow } from "./tensors.ts";
import { countOf } from "./terminal.ts";

/** By the last part of a tensor's name: what its module may be. The first that fits is told. */
const marks: readonly (readonly [mark: RegExp, title: (shapes: Shapes) => string])[] = [
  [/^weight_ih_l0$/, recurrent],
  [/^weight_ih$/, (shapes) => `${recurrentName(shapes, "weight_ih", "weight_hh")}Cell`],
  [/^(in_proj_weight|q_proj_weight)$/, (shapes) => `MultiheadAttention of ${shapes.get("out_proj.weight")?.[0] ?? "?"}`],
  [/^running_mean$/, (shapes) => `BatchNorm of ${shapes.get("running_mean")?.[0] ?? "?"}`],
];

type Shapes = ReadonlyMap<string, readonly number[]>;

/** "rnn: LSTM 3 → 4, 2 layers, both ways". Empty where nothing is recognised. */
export function modulesIn(tensors: readonly TensorRow[]): readonly string[] {
  const found = tensors.flatMap(({ name }) => {
    const cut = name.lastIndexOf("."),
      [prefix, last] = [name.slice(0, cut + 1), name.slice(cut + 1)];
    const mark = marks.find(([pattern]) => pattern.test(last));
    return mark === undefined ? [] : [[prefix, mark[1]] as const];
  });
  return found.map(([prefix, title]) => {
    const own = tensors.filter(({ name }) => name.startsWith(prefix)).map(({ name, shape }) => [name.slice(prefix.length), shape] as const);
    return `${prefix === "" ? "the whole" : prefix.slice(0, -1)}: ${title(new Map(own))}`;
  });
}

function recurrent(shapes: Shapes): string {
  const layers = [...shapes.keys()].filter((name) => /^weight_ih_l\d+$/.test(name)).length;
  const units = shapes.get("weight_hr_l0") === undefined ? "" : `, projected to ${shapes.get("weight_hr_l0")?.[0] ?? "?"}`;
  const ways = shapes.has("weight_ih_l0_reverse") ? ", both ways" : "";
  const [rows = 0, features = 0] = shapes.get("weight_ih_l0") ?? [];
  const name = recurrentName(shapes, "weight_ih_l0", "weight_hh_l0");
  return `${name} ${features} → ${rows / (gates[name] ?? 1)}${units}, ${countOf(layers, "layer")}${ways}`;
}

const gates: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

/** By the rows for each unit; a projected LSTM has fewer columns than units. */
function recurrentName(shapes: Shapes, ih: string, hh: string): string {
  const [rows = 0] = shapes.get(ih) ?? [],
    [, columns = 1] = shapes.get(hh) ?? [];
  if (shapes.has("weight_hr_l0")) return "LSTM";
  return Object.keys(gates).find((name) => gates[name] === rows / columns) ?? "RNN";
}
