import { expect, test } from "vitest";
import { block, integer, join } from "./protobuf.ts";

test("the published examples come out byte by byte", () => {
  // Protocol Buffers, "Encoding": Test1 { a: 150 }, Test2 { b: "testing" }, Test3 { c: Test1 { a: 150 } }
  expect(hex(integer(1, 150))).toBe("089601");
  expect(hex(block(2, "testing"))).toBe("120774657374696e67");
  expect(hex(block(3, integer(1, 150)))).toBe("1a03089601");
});

test("fields beyond 15 and lengths beyond 127 take a second byte, and large numbers keep all their bits", () => {
  expect(hex(integer(20, 0))).toBe("a00100");
  expect(hex(block(1, new Uint8Array(300))).slice(0, 6)).toBe("0aac02");
  expect(hex(integer(1, 2 ** 40 + 1))).toBe("08818080808020");
});

test("parts follow each other", () => {
  expect(hex(join(integer(1, 1), integer(2, 2)))).toBe("08011002");
  expect(hex(join())).toBe("");
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
