import { open } from "@sluice/core/reference";
import { everyLaw } from "./testing/everyLaw.ts";

everyLaw("reference", open);
