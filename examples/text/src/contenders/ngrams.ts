// How often each n-gram of a text is there, and after how many different symbols: what Kneser–Ney is made of. A trie in flat arrays, children found by hashing.

export interface Ngrams {
  /** Longest n-grams that are counted. */
  readonly order: number;
  /** Symbols that there are: 0 … size − 1. */
  readonly size: number;
  /** Nodes: the empty one, 0, and one for each n-gram of 1 … order symbols, parents first. */
  readonly nodes: number;
  /** Of each node the n-gram without its last symbol. */
  readonly parent: Int32Array;
  /** n */
  readonly depth: Int32Array;
  /** How often it is in the text. */
  readonly counts: Int32Array;
  /** Before how many of the n-grams one longer it ends: the different symbols that it comes after. */
  readonly continuations: Int32Array;
  /** The node of the n-gram that goes on with a symbol, or −1 where the text has none. */
  child(node: number, symbol: number): number;
}

/** Counts every n-gram of 1 … `order` symbols. */
export function countNgrams(codes: Int32Array, { order, size }: { readonly order: number; readonly size: number }): Ngrams {
  const trie = new Trie(size);
  let before: readonly number[] = [0]; // nodes of the last 0 … order − 1 symbols
  for (const symbol of codes) {
    const now = [0];
    for (const node of before) {
      const { child, isNew } = trie.grow(node, symbol);
      if (isNew) trie.follow(now.at(-1) ?? 0); // the n-gram without its first symbol has one more that it comes after
      trie.count(child);
      now.push(child);
    }
    before = now.slice(0, order);
  }
  return trie.done(order);
}

class Trie {
  #nodes = 1;
  readonly #size: number;
  #parent = new Int32Array(1024);
  #depth = new Int32Array(1024);
  #counts = new Int32Array(1024);
  #continuations = new Int32Array(1024);
  /** Open addressing: parent · size + symbol, or −1, and the child beside it. */
  #keys = new Int32Array(2048).fill(-1);
  #children = new Int32Array(2048);

  constructor(size: number) {
    this.#size = size;
  }

  grow(node: number, symbol: number): { readonly child: number; readonly isNew: boolean } {
    const key = node * this.#size + symbol;
    const place = placeOf(this.#keys, key);
    if (this.#keys[place] === key) return { child: this.#children[place] ?? 0, isNew: false };
    const child = this.#nodes++;
    if (child === this.#parent.length) this.#widen();
    this.#parent[child] = node;
    this.#depth[child] = (this.#depth[node] ?? 0) + 1;
    this.#keys[place] = key;
    this.#children[place] = child;
    if (2 * this.#nodes > this.#keys.length) this.#rehash();
    return { child, isNew: true };
  }

  count(node: number): void {
    this.#counts[node] = (this.#counts[node] ?? 0) + 1;
  }

  follow(node: number): void {
    this.#continuations[node] = (this.#continuations[node] ?? 0) + 1;
  }

  done(order: number): Ngrams {
    const [keys, children, size] = [this.#keys, this.#children, this.#size];
    return {
      ...{ order, size, nodes: this.#nodes, parent: this.#parent, depth: this.#depth, counts: this.#counts },
      continuations: this.#continuations,
      child(node, symbol) {
        const key = node * size + symbol;
        const place = placeOf(keys, key);
        return keys[place] === key ? (children[place] ?? -1) : -1;
      },
    };
  }

  #widen(): void {
    const twice = (array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const wide = new Int32Array(2 * array.length);
      wide.set(array);
      return wide;
    };
    [this.#parent, this.#depth] = [twice(this.#parent), twice(this.#depth)];
    [this.#counts, this.#continuations] = [twice(this.#counts), twice(this.#continuations)];
  }

  #rehash(): void {
    const [keys, children] = [this.#keys, this.#children];
    this.#keys = new Int32Array(2 * keys.length).fill(-1);
    this.#children = new Int32Array(2 * keys.length);
    keys.forEach((key, i) => {
      if (key < 0) return;
      const place = placeOf(this.#keys, key);
      this.#keys[place] = key;
      this.#children[place] = children[i] ?? 0;
    });
  }
}

/** Where the key is, or would be: the table is a power of two long, and never full. */
function placeOf(keys: Int32Array, key: number): number {
  const mask = keys.length - 1;
  let place = (Math.imul(key, 0x9e3779b1) >>> 8) & mask; // 2³² / golden ratio (Knuth 1973, 6.4)
  while (keys[place] !== key && keys[place] !== -1) place = (place + 1) & mask;
  return place;
}
