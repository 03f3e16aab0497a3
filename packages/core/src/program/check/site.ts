// How a check names what it found: the program, the step by its path, the view by its role.
import type { Program } from "../../backend.ts";
import { type ErrorCode, SluiceError } from "../../errors.ts";
import { slotName, viewText } from "../print/notation.ts";
import type { Site, Use } from "../uses.ts";

type Place = Pick<Site, "path"> & Partial<Pick<Site, "kernel">>;

/** "lstm.forward step 2.scan.1 map": the map at `steps[2].body[1]`. */
export function placeText(program: Program, { path, kernel }: Place): string {
  const steps = path.join(".scan.");
  return `${program.name} step ${steps}${kernel === undefined ? "" : ` ${kernel.kind}`}`;
}

/** A view as people read it: `output 0 z[32×128 @512]`. */
export function useText(program: Program, { role, view }: Pick<Use, "role" | "view">): string {
  return `${role} ${viewText(slotName(program, view.slot), view)}`;
}

export function illegal(
  program: Program,
  place: Place | undefined,
  what: string,
  facts: Readonly<Record<string, unknown>> = {},
): SluiceError {
  return failure("ILLEGAL_PROGRAM", program, place, what, facts);
}

export function unsupported(
  program: Program,
  place: Place | undefined,
  what: string,
  facts: Readonly<Record<string, unknown>> = {},
): SluiceError {
  return failure("UNSUPPORTED", program, place, what, facts);
}

function failure(
  code: ErrorCode,
  program: Program,
  place: Place | undefined,
  what: string,
  facts: Readonly<Record<string, unknown>>,
): SluiceError {
  const who = place === undefined ? program.name : placeText(program, place);
  return new SluiceError({
    code,
    who,
    what,
    facts: { program: program.name, ...(place === undefined ? {} : { path: place.path }), ...facts },
  });
}
