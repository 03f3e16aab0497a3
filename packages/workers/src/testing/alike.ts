// For tests: several backends as one, which must agree to the last bit.
import type { Backend, Executable, TypedArray } from "@sluice/core";

/** Does everything on each of the backends, in order; reads reject where their bits differ. */
export function alike<B>(backends: readonly Backend<B>[]): Backend<readonly B[]> {
  const [first] = backends as [Backend<B>];
  const all = <T>(call: (backend: Backend<B>, at: number) => T): T[] => backends.map(call);
  /** A buffer of the i-th; what is none goes on as it is, for the backend to refuse. */
  const of = (buffer: readonly B[], at: number): B => (Array.isArray(buffer) ? buffer[at] : buffer) as B;
  return {
    name: "alike",
    supports: first.supports,
    create: (dtype, length) => all((backend) => backend.create(dtype, length)),
    write: (buffer, data, from) => void all((backend, at) => backend.write(of(buffer, at), data, from)),
    async read(buffer, from, length, into) {
      const [told, ...others] = await Promise.all(
        all((backend, at) => backend.read(of(buffer, at), from, length, at === 0 ? into : undefined)),
      );
      others.forEach((other, at) => compare(told!, other, at + 1));
      return told!;
    },
    destroy: (buffer) => void all((backend, at) => backend.destroy(of(buffer, at))),
    async compile(program) {
      const executables: Executable<B>[] = [];
      for (const backend of backends) executables.push(await backend.compile(program));
      return {
        executor: executables.map(({ executor }) => executor).join(", "),
        run: (bindings) => executables.forEach((executable, at) => executable.run(bindings.map((buffer) => of(buffer, at)))),
        destroy: () => executables.forEach((executable) => executable.destroy()),
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };

  async function close(): Promise<void> {
    await Promise.all(all((backend) => backend.close()));
  }
}

function compare(told: TypedArray, other: TypedArray, backend: number): void {
  const [expected, got] = [told, other].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)) as [
    Uint8Array,
    Uint8Array,
  ];
  const at = expected.findIndex((byte, i) => byte !== got[i]);
  if (at < 0 && expected.length === got.length) return;
  const element = Math.floor(at / told.BYTES_PER_ELEMENT);
  throw new Error(`backend ${backend} has ${other[element]} where backend 0 has ${told[element]}, in element ${element}`);
}
