// Which devices are open in this page or process: one per mode, for all backends that want it, until the last of them closes.
import { type Device, openDevice } from "./device.ts";
import type { Mode } from "./gpujs.ts";

/** A use of a shared device, to be given back once. The last one given back destroys the device. */
export interface Lease {
  readonly device: Device;
  giveBack(): Promise<void>;
}

interface Shared {
  readonly coming: Promise<Device>;
  device: Device | undefined;
  users: number;
}

const current = new Map<Mode, Shared>();

/** The device of a mode: the one that is open, unless it has failed, or else a new one. Throws what opening it throws. */
export async function acquire(mode: Mode): Promise<Lease> {
  const known = current.get(mode);
  const shared =
    known === undefined || known.device?.failure !== undefined ? { coming: openDevice(mode), device: undefined, users: 0 } : known;
  current.set(mode, shared);
  shared.users++; // before anything is awaited, so that nobody destroys it meanwhile
  const leave = (): boolean => {
    if (--shared.users > 0) return false;
    if (current.get(mode) === shared) current.delete(mode);
    return true;
  };
  try {
    const device = (shared.device = await shared.coming);
    return {
      device,
      giveBack: async () => {
        if (leave()) await device.destroy();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}
