// Hands out ranges of a memory and takes them back: a list of free ranges, best fit, neighbours joined. It knows no contents.

/** Byte ranges, each from a multiple of 64. */
export interface Allocator {
  /** The first byte of a range of `size` bytes; undefined where there is no room. */
  allocate(size: number): number | undefined;
  /** Takes back the range that starts at `at`. */
  release(at: number): void;
  /** Bytes handed out now. */
  readonly used: number;
}

interface Range {
  startBytes: number;
  sizeBytes: number;
}

/** A cache line, and more than any vector register needs. */
const alignment = 64;
/** The memory grows by half at least, so that many small buffers cost few growths. */
const growthFactor = 1.5;

/** An allocator over a memory that is empty now and that `grow` makes at least so many bytes long. */
export function createAllocator(grow: (size: number) => boolean): Allocator {
  const free: Range[] = []; // by address; no two touch
  const taken = new Map<number, number>();
  let end = 0;
  let used = 0;

  const extend = (size: number): Range | undefined => {
    const last = free.at(-1);
    const open = last !== undefined && last.startBytes + last.sizeBytes === end ? last : undefined;
    const needed = end + size - (open?.sizeBytes ?? 0);
    const roomy = Math.ceil((end * growthFactor) / alignment) * alignment;
    const reached = roomy > needed && grow(roomy) ? roomy : grow(needed) ? needed : undefined;
    if (reached === undefined) return undefined;
    insert(free, { startBytes: end, sizeBytes: reached - end });
    end = reached;
    return free.at(-1)!;
  };

  return {
    get used() {
      return used;
    },
    allocate(wanted) {
      const size = Math.max(alignment, Math.ceil(wanted / alignment) * alignment);
      const range = best(free, size) ?? extend(size);
      if (range === undefined) return undefined;
      const at = range.startBytes;
      if (range.sizeBytes === size) free.splice(free.indexOf(range), 1);
      else Object.assign(range, { startBytes: at + size, sizeBytes: range.sizeBytes - size });
      taken.set(at, size);
      used += size;
      return at;
    },
    release(at) {
      const size = taken.get(at)!;
      taken.delete(at);
      used -= size;
      insert(free, { startBytes: at, sizeBytes: size });
    },
  };
}

/** The smallest range that is large enough. */
function best(free: readonly Range[], size: number): Range | undefined {
  let found: Range | undefined;
  for (const range of free) if (range.sizeBytes >= size && (found === undefined || range.sizeBytes < found.sizeBytes)) found = range;
  return found;
}

/** Puts a range where its address belongs and joins it with the neighbours it touches. */
function insert(free: Range[], range: Range): void {
  const after = free.findIndex(({ startBytes: at }) => at > range.startBytes);
  const index = after < 0 ? free.length : after;
  free.splice(index, 0, range);
  const touches = (left: Range | undefined, right: Range | undefined): boolean =>
    left !== undefined && right !== undefined && left.startBytes + left.sizeBytes === right.startBytes;
  if (touches(range, free[index + 1])) range.sizeBytes += free.splice(index + 1, 1)[0]!.sizeBytes;
  if (touches(free[index - 1], range)) free[index - 1]!.sizeBytes += free.splice(index, 1)[0]!.sizeBytes;
}
