// What makes a device useless: WebGL says so only when it is asked.
import { SluiceError } from "@sluice/core";
import type { GPU } from "./gpujs.ts";

/** Why what is on the GPU cannot be trusted, if so. Asking for errors waits for the GPU. */
export function failureOf(gl: GPU["context"], asks: "context" | "errors"): SluiceError | undefined {
  if (gl.isContextLost()) return failed("BACKEND_FAILED", "the WebGL context is lost, and with it what was on the GPU");
  if (asks === "context") return undefined;
  const error = gl.getError();
  if (error === gl.NO_ERROR) return undefined;
  if (error === gl.OUT_OF_MEMORY) return failed("OUT_OF_MEMORY", "the GPU ran out of memory, and what was computed since is lost");
  return failed("BACKEND_FAILED", `WebGL reports error 0x${error.toString(16)}`);
}

/** What to throw where something broke: what is known to be wrong with the device, or what broke. */
export function brokenOff(who: string, cause: unknown): SluiceError {
  if (cause instanceof SluiceError) return cause;
  const what = `it broke off: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new SluiceError({ code: "BACKEND_FAILED", who, what, fix: "Open a new backend and write its buffers anew", cause });
}

function failed(code: "BACKEND_FAILED" | "OUT_OF_MEMORY", what: string): SluiceError {
  return new SluiceError({ code, who: "webgl", what, fix: "Open a new backend and write its buffers anew" });
}
