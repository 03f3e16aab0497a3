import { open as openCpu } from "@sluice/cpu";
import { open as openWebgl } from "../../open.ts";
import { train } from "./train.ts";

const backend = await openWebgl().catch(() => openCpu());
console.log(await train(backend));
await backend.close();
