#!/usr/bin/env node
// The command: arguments in, exit code out.
import { run } from "./run.ts";

process.exitCode = await run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr });
