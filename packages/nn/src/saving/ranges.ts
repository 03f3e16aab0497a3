// Files by ranges, so that one of any length is read and written with no more memory than what is wanted of it.

/** What `FileHandle` of Node has of it. */
export interface Readable {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}
export interface Writable {
  write(from: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>;
}

/** Systems transfer less than 2 GiB at once; a piece that is far shorter costs nothing. */
const longestTransfer = 2 ** 26;

/** Fills `into` from `position` on; resolves to how many bytes there were, fewer where the file ends. */
export async function readFully(file: Readable, into: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, Math.min(into.length - done, longestTransfer), position + done);
    if (bytesRead === 0) return done;
    done += bytesRead;
  }
  return done;
}

/** All pieces, one after the other from the file's start. */
export async function writeFully(file: Writable, pieces: readonly Uint8Array[]): Promise<void> {
  let position = 0;
  for (const piece of pieces) {
    for (let done = 0; done < piece.length;) {
      const { bytesWritten } = await file.write(piece, done, Math.min(piece.length - done, longestTransfer), position);
      done += bytesWritten;
      position += bytesWritten;
    }
  }
}
