// `npm start`: the main job, with what it needs. Arguments and Ctrl-C go to it.
import { runExample } from "./runExample.mjs";

await runExample("weather", process.argv.slice(2));
