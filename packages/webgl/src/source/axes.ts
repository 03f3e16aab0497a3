// Axes of views as kernels need them: few, and in the order in which positions are taken apart. It writes no text.

/** One loop: how many indices, and how far apart they lie in each of the views it runs over. */
export interface Axis {
  readonly size: number;
  readonly strides: readonly number[];
}

/** The axes of a shape under several views, without those of size 1, and neighbours joined that go on evenly in every view. */
export function axesOf(shape: readonly number[], strides: readonly (readonly number[])[]): Axis[] {
  const joined: Axis[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const next = { size, strides: strides.map((view) => view[axis]!) };
    const last = joined.at(-1);
    if (last?.strides.every((stride, view) => stride === next.strides[view]! * size))
      joined[joined.length - 1] = { size: last.size * size, strides: next.strides };
    else joined.push(next);
  });
  return joined;
}

/** An axis of what is written: position `index · stride` from the first element. */
export interface Step {
  readonly size: number;
  readonly stride: number;
}

/** The axes as view `at` has them. */
export function stepsAt(axes: readonly Axis[], at: number): Step[] {
  return axes.map(({ size, strides }) => ({ size, stride: strides.at(at)! }));
}

/** May a position be taken apart greedily, the largest stride first? True where every stride passes all that the smaller ones reach. */
export function nested(steps: readonly Step[]): boolean {
  const ascending = steps.filter(({ size }) => size > 1).sort((x, y) => Math.abs(x.stride) - Math.abs(y.stride));
  let reach = 0;
  return ascending.every(({ size, stride }) => {
    const apart = Math.abs(stride) > reach;
    reach += Math.abs(stride) * (size - 1);
    return apart;
  });
}

/** How far the first and the last element lie from where all indices are 0. */
export function span(steps: readonly Step[]): readonly [first: number, last: number] {
  let [first, last] = [0, 0];
  for (const { size, stride } of steps) {
    if (stride < 0) first += stride * (size - 1);
    else last += stride * (size - 1);
  }
  return [first, last];
}
