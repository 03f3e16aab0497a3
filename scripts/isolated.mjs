// Which vitest projects give each test file a process of its own. The files of all others follow each other in one, which imports and
// compiles what they share once: such a file leaves nothing behind, be it an open backend, a folder, a global or a replaced module.

/**
 * By the project's name, what its tests need a process for.
 * @type {Readonly<Record<string, string>>}
 */
export const isolated = {
  cpu: "they count what the process compiles and what its heap holds",
  workers: "they replace a module, take globals and addresses away, and count the threads of the process",
};
