// Is it a backend? JavaScript callers hand over the promise of one, or the function that opens it.
import type { Backend } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { show } from "./show.ts";

/** Throws INVALID_ARGUMENT for anything that has not the verbs and the declaration of one. */
export function checkBackend(who: string, value: Backend): void {
  const given: unknown = value;
  if (typeof given === "object" && given !== null && "create" in given && "compile" in given && "supports" in given) return;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `backend must be what a backend's open() resolves to, got ${show(given)}`,
    fix:
      given instanceof Promise || typeof given === "function"
        ? "Write await open()"
        : 'import { open } from "@sluice/cpu", then await open()',
  });
}
