// What is used here of the WebAssembly JavaScript interface (W3C, version 2), which Node's types lack and browsers' types hold with all of the DOM.
declare namespace WebAssembly {
  class Memory {
    constructor(limits: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module, imports?: { readonly env: { readonly memory: Memory } });
    readonly exports: Readonly<Record<string, (...operands: readonly number[]) => number>>;
  }
  function instantiate(module: Module, imports: { readonly env: { readonly memory: Memory } }): Promise<Instance>;
  function instantiate(
    bytes: Uint8Array<ArrayBuffer>,
    imports: { readonly env: { readonly memory: Memory } },
  ): Promise<{ readonly module: Module; readonly instance: Instance }>;
  function instantiate(
    given: Module | Uint8Array<ArrayBuffer>,
    imports: { readonly env: { readonly memory: Memory } },
  ): Promise<Instance | { readonly module: Module; readonly instance: Instance }>;
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}
