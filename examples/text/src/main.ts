// The command.
import { asked } from "@sluice/example-common";
import { command } from "./text.ts";

await asked(command);
