import { SluiceError } from "@sluice/core";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { mutated } from "../testing/mutants.ts";
import { store } from "./store.ts";
import { unzip } from "./unzip.ts";

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

describe("unzip", () => {
  it("gives what was stored, and what was deflated", () => {
    const files = { a: text("one"), b: text("two ".repeat(100)), "deep/c": new Uint8Array() };
    for (const bytes of [store(files), zipSync(files, { level: 9 })]) {
      const found = unzip(bytes, ["a", "b", "missing"], "test");
      expect([...found.keys()]).toEqual(["a", "b"]);
      expect(found.get("b")).toEqual(files.b);
    }
  });

  it("does not copy what is stored", () => {
    const bytes = store({ a: new Uint8Array(1000) });
    expect(unzip(bytes, ["a"], "test").get("a")?.buffer).toBe(bytes.buffer);
  });

  it("inflates no bomb", () => {
    const bytes = zipSync({ a: new Uint8Array(50_000_000) }, { level: 9 });
    expect(() => unzip(bytes, ["a"], "test")).toThrow(/would inflate to 50000000/);
  });

  it.each(["../a", "/etc/passwd", "a/../../b", "C:x", "a\\b"])("refuses the name %s", (name) => {
    expect(() => unzip(store({ [name]: text("x") }), ["a"], "test")).toThrow(/is named/);
  });

  it("refuses a name that is there twice", () => {
    const bytes = store({ aa: text("x"), ab: text("y") });
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === 97 && bytes[i + 1] === 98) bytes[i + 1] = 97;
    expect(() => unzip(bytes, ["aa"], "test")).toThrow(/one name/);
  });

  it("refuses what is not what it was, and what is no zip file", () => {
    const bytes = store({ a: text("hello hello") });
    bytes[35] = 0;
    expect(() => unzip(bytes, ["a"], "test")).toThrow(/checksum|not where/);
    expect(() => unzip(new Uint8Array(10), ["a"], "test")).toThrow(/no zip file/);
  });

  it("refuses mutants by code, or reads what they hold", () => {
    const file = zipSync({ a: text("abc ".repeat(300)), b: text("b") }, { level: 6 });
    for (let seed = 0; seed < 500; seed++) {
      try {
        unzip(mutated(file, seed), ["a", "b"], "test");
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(SluiceError);
        expect((error as SluiceError).code).toMatch(/^(FILE_CORRUPT|FILE_FOREIGN|UNSUPPORTED)$/); // as was just seen
      }
    }
  });
});
