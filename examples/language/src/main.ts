// The command.
import { asked } from "@sluice/example-common";
import { command } from "./language.ts";

await asked(command);
