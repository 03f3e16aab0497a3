// The command.
import { asked } from "@sluice/example-common";
import { command } from "./dates.ts";

await asked(command);
