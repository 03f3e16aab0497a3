// The tokens of JSON (RFC 8259), strictly and in one pass: for texts that nobody vouches for. It knows no grammar above tokens.
import type { SluiceError } from "@sluice/core";

export class Scanner {
  readonly #text: string;
  readonly #fail: (what: string) => SluiceError;
  #at = 0;

  /** `fail` makes the error that is thrown where the text is not what was asked for. */
  constructor(text: string, fail: (what: string) => SluiceError) {
    this.#text = text;
    this.#fail = fail;
  }

  fail(what: string): SluiceError {
    return this.#fail(`${what} at character ${this.#at}`);
  }

  /** The next character that is no white space, "" at the end; it stays where it is. */
  peek(): string {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return this.#text.charAt(this.#at);
      this.#at++;
    }
  }

  /** Whether the next character is this one, which is then taken. */
  takes(character: string): boolean {
    const taken = this.peek() === character;
    if (taken) this.#at++;
    return taken;
  }

  take(character: string): void {
    if (!this.takes(character)) throw this.fail(`"${character}" is missing`);
  }

  /** A list between brackets, its items separated by commas. */
  items(open: "[" | "{", close: "]" | "}", item: () => void): void {
    this.take(open);
    if (this.takes(close)) return;
    do item();
    while (this.takes(","));
    this.take(close);
  }

  string(): string {
    this.take('"');
    const from = this.#at - 1;
    let escaped = false;
    for (let code = this.#text.charCodeAt(this.#at); code !== 0x22; code = this.#text.charCodeAt(this.#at)) {
      if (!(code >= 0x20)) throw this.fail("a text is not closed, or has a control character,"); // NaN at the end
      escaped ||= code === 0x5c;
      this.#at += code === 0x5c ? 2 : 1;
    }
    const token = this.#text.slice(from, ++this.#at);
    return escaped ? this.#unescape(token) : token.slice(1, -1);
  }

  /** One string alone has no depth: the engine reads it in linear time. */
  #unescape(token: string): string {
    try {
      return JSON.parse(token) as string; // begins and ends with quotes
    } catch {
      throw this.fail("a text has an escape that is none");
    }
  }

  number(): number {
    return this.#numeral(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, "a number");
  }

  /** A whole number of at least 0, written in digits alone. */
  whole(): number {
    const value = this.#numeral(/(?:0|[1-9]\d*)(?![.eE\d])/y, "a whole number");
    if (!Number.isSafeInteger(value)) throw this.fail("a whole number is above 2⁵³ − 1");
    return value;
  }

  #numeral(form: RegExp, what: string): number {
    this.peek();
    form.lastIndex = this.#at;
    const token = form.exec(this.#text)?.[0];
    if (token === undefined) throw this.fail(`${what} is missing`);
    this.#at += token.length;
    const value = Number(token);
    if (!Number.isFinite(value)) throw this.fail("a number is too large");
    return value;
  }

  /** One of these words, as it stands in the text. */
  word<const W extends string>(words: readonly W[]): W {
    this.peek();
    const found = words.find((word) => this.#text.startsWith(word, this.#at));
    if (found === undefined) throw this.fail("a value is missing");
    this.#at += found.length;
    return found;
  }

  /** Throws where anything but white space is left. */
  end(): void {
    if (this.peek() !== "") throw this.fail("there is more than was expected");
  }
}
