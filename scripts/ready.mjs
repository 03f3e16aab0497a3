// `npm run setup`: what `npm start` and `npm test` do first, alone.
import { setUp } from "./setup.mjs";

await setUp();
