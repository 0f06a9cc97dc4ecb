#!/usr/bin/env node
import { commands } from './commands.js';
import { runProgram } from './cli/program.js';

await runProgram(commands());
