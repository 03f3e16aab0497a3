// The command.
import { asked } from "@sluice/example-common";
import { command } from "./gates.ts";

await asked(command);
