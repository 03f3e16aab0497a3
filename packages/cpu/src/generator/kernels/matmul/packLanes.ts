// Packs rows or columns of a matrix side by side as lanes, so that the product reads memory in order.
import {
  type Callable,
  type Code,
  type Local,
  type Module,
  brIf,
  bump,
  call,
  countDown,
  get,
  i32,
  ifElse,
  loop,
  set,
  tee,
  v128,
} from "../../wasm/index.ts";
import { type Element, laneOffsets, loadLanes, lowestOffset } from "./vectors.ts";
import { type Range, type Units, split } from "./range.ts";

/** Rows or columns that become lanes; distances in elements. */
export interface LaneLayout {
  readonly units: Units;
  /** From lane to lane, and from one k to the next. */
  readonly lane: number;
  readonly step: number;
  readonly element: Element;
}

/** Where the matrix begins, where the first packed unit goes, and how many k there are; cheap to compute more than once. */
export interface Block {
  readonly from: Code;
  readonly to: Code;
  readonly k: Code;
}

/** to[unit, k, lane] = the matrix's [unit·lanes + lane, k], in f32, for a range of units. Lanes that the last one lacks are 0. */
export function packLanes(module: Module, lanes: LaneLayout, range: Range, { from, to, k }: Block): Code {
  const { units, lane, step, element } = lanes;
  const whole = units.unit;
  const some = (width: number, at: Code, count: Code): Code =>
    call(
      lanePacker(module, { whole, width, lane, element }),
      i32.add(from, i32.mul(at, i32.const(4 * whole * lane))),
      i32.add(to, i32.mul(i32.mul(i32.sub(at, range.from), k), i32.const(4 * whole))),
      count,
      k,
      i32.const(4 * step),
    );
  return split(
    units,
    range,
    (whole) => some(units.unit, whole.from, i32.sub(whole.to, whole.from)),
    (at) => some(units.rest, at, i32.const(1)),
  );
}

/** Units of contiguous lanes are read so many at a time, so that whole cache lines are used at once: 128 × 1600 × 512 in 5.5 ms, one by one 5.8. */
const unitsAtOnce = 4;

interface Unit {
  /** Lanes of a packed unit, and how many of them there are. */
  readonly whole: number;
  readonly width: number;
  readonly lane: number;
  readonly element: Element;
}

/** Parameters: from where, where to, how many units, not 0; k; and bytes from one k to the next. */
function lanePacker(module: Module, unit: Unit): Callable {
  return module.once(`pack lanes ${JSON.stringify(unit)}`, () =>
    module.function({ params: ["i32", "i32", "i32", "i32", "i32"] }, ({ params: [from, to, units, k, step], local }) => {
      const { whole, width, lane, element } = unit;
      const [p, left] = [local("i32"), local("i32")];
      const targets = Array.from({ length: lane === 1 && width === whole ? unitsAtOnce : 1 }, () => local("i32"));
      const offsets = laneOffsets(0, 4 * lane, width);
      const low = lowestOffset(offsets.flat());
      const move = (target: Local, start: number): Code =>
        laneOffsets(0, 4, whole).map(([at], v) =>
          v128.store(
            get(target),
            loadLanes(
              p,
              (offsets[v] ?? []).map((place) => start + place - low),
              element,
            ),
            at,
          ),
        );
      /** The next `count` units. */
      const packUnits = (count: number): Code => [
        set(p, get(from)),
        targets.slice(0, count).map((target, u) => set(target, i32.add(get(to), i32.mul(get(k), i32.const(4 * whole * u))))),
        ifElse(
          tee(left, get(k)),
          loop([
            targets.slice(0, count).map((target, u) => [move(target, 4 * whole * lane * u), bump(target, 4 * whole)]),
            bump(p, get(step)),
            brIf(0, countDown(left)),
          ]),
        ),
        bump(from, 4 * whole * lane * count),
        set(to, get(targets[count - 1]!)),
        set(units, i32.sub(get(units), i32.const(count))),
      ];
      const whileAsMany = (count: number): Code => {
        const enough = i32.ge(get(units), i32.const(count));
        return ifElse(enough, loop([packUnits(count), brIf(0, enough)]));
      };
      return [bump(from, low), targets.length > 1 ? whileAsMany(targets.length) : [], whileAsMany(1)];
    }),
  );
}
