// The names of the package: the command as a function, for whoever runs it from a program.
export { run } from "./run.ts";
export type { Stream, Surroundings } from "./terminal.ts";
