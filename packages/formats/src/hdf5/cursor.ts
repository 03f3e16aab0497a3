// Little-endian numbers of a file of bytes that may be anything: what lies outside it is refused.
import { SluiceError } from "@sluice/core";

/** All reads are checked. `who` names the caller in errors. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly who: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, who: string) {
    this.bytes = bytes;
    this.who = who;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#within(at, 1));
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#within(at, 2), true);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#within(at, 4), true);
  }

  /** Throws for what is no exact number. */
  u64(at: number): number {
    const value = Number(this.#view.getBigUint64(this.#within(at, 8), true));
    if (!Number.isSafeInteger(value)) throw this.corrupt(`a size or address at byte ${at} is ${value}`);
    return value;
  }

  /** An address, or undefined where HDF5 says that there is none: all bits set. */
  address(at: number): number | undefined {
    return this.#view.getBigUint64(this.#within(at, 8), true) === undefinedAddress ? undefined : this.u64(at);
  }

  slice(at: number, size: number): Uint8Array {
    const from = this.#within(at, size);
    return this.bytes.subarray(from, from + size);
  }

  /** Up to `most` bytes, or to the first 0. Throws for bytes that are no UTF-8. */
  text(at: number, most: number): string {
    const bytes = this.slice(at, Math.min(most, Math.max(0, this.bytes.length - at))),
      end = bytes.indexOf(0);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(end === -1 ? bytes : bytes.subarray(0, end));
    } catch {
      throw this.corrupt(`a text at byte ${at} is no UTF-8`);
    }
  }

  expect(at: number, signature: string): void {
    const found = String.fromCharCode(...this.slice(at, signature.length));
    if (found !== signature) throw this.corrupt(`"${signature}" does not stand at byte ${at}`);
  }

  corrupt(what: string): SluiceError {
    return new SluiceError({
      code: "FILE_CORRUPT",
      who: this.who,
      what: `the HDF5 file is damaged: ${what}`,
      fix: "Save it again, or copy it once more",
    });
  }

  unsupported(what: string, fix: string): SluiceError {
    return new SluiceError({ code: "UNSUPPORTED", who: this.who, what: `the HDF5 file ${what}`, fix });
  }

  #within(at: number, size: number): number {
    if (!(at >= 0 && size >= 0 && at + size <= this.bytes.length))
      throw this.corrupt(`it has ${this.bytes.length} bytes, and refers to ${size} at byte ${at}`);
    return at;
  }
}

const undefinedAddress = 0xffff_ffff_ffff_ffffn;
