// Order within one kernel: its outputs are disjoint, and it reads what it writes only through the identical view of a map.
import type { Program } from "../../backend.ts";
import { slotName } from "../print/notation.ts";
import { illegal, unsupported, useText } from "./site.ts";
import { type Site, usesOf } from "../uses.ts";
import { identical, overlap } from "../views.ts";

export function checkHazards(program: Program, site: Site, inPlace: boolean): void {
  const { kernel, lengths } = site;
  const uses = usesOf(kernel);
  const writes = uses.filter(({ access }) => access !== "read");
  const reads = uses.filter(({ access }) => access === "read");
  writes.forEach((write, at) => {
    const slot = slotName(program, write.view.slot);
    for (const other of writes.slice(0, at))
      if (overlap(write.view, other.view, lengths))
        throw illegal(
          program,
          site,
          `${useText(program, other)} and ${useText(program, write)} share elements of slot ${slot}; outputs are disjoint`,
          { slot, roles: [other.role, write.role] },
        );
    for (const read of reads) {
      if (!overlap(write.view, read.view, lengths)) continue;
      const both = `${useText(program, read)} and ${useText(program, write)}`;
      const facts = { slot, roles: [read.role, write.role] };
      if (kernel.kind !== "map" || !identical(write.view, read.view, lengths))
        throw illegal(
          program,
          site,
          `${both} share elements of slot ${slot}; only a map reads what it writes, through the identical view`,
          facts,
        );
      if (!inPlace) throw unsupported(program, site, `${both} are one view; this backend maps nothing in place`, facts);
    }
  });
}
