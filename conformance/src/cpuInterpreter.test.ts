import { open } from "@sluice/cpu";
import { everyLaw } from "./testing/everyLaw.ts";

everyLaw("cpu, block interpreter", () => open({ simd: false }));
