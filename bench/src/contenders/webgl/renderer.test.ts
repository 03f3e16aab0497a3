import { expect, test } from "vitest";
import { rendererText } from "./renderer.ts";

test.each([
  [
    "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)",
    "in software (SwiftShader), without a GPU",
  ],
  ["ANGLE (Mesa, llvmpipe (LLVM 15.0.7 256 bits), OpenGL 4.5)", "in software (llvmpipe), without a GPU"],
  [
    "ANGLE (Apple, ANGLE Metal Renderer: Apple M1, Unspecified Version)",
    "on ANGLE (Apple, ANGLE Metal Renderer: Apple M1, Unspecified Version)",
  ],
  [undefined, ""],
])("of %s it says what it is", (renderer, text) => expect(rendererText(renderer)).toBe(text));
