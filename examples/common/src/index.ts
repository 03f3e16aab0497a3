export { backendNames, openBackend, type BackendName } from "./backends.ts";
export { asked, oneOf, positive, runCommand, severalOf, severalWholes, whole, type Command, type Outcome } from "./command.ts";
export { claimFolder, writeWhole } from "./folder.ts";
export { aligned, count, countOf, painter, type Stream } from "./terminal.ts";
