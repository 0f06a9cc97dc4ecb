#!/usr/bin/env node
import { evaluateCommand } from './cli/evaluate.js';
import { llmExperimentCommand } from './cli/llm-experiment.js';
import { llmCommand } from './cli/llm.js';
import { problemCommand } from './cli/problem.js';
import { runProgram } from './cli/program.js';
import { reproduceCommand } from './cli/reproduce.js';
import { runCommand } from './cli/run.js';
import { schemaCommand } from './cli/schema.js';
import { solveCommand } from './cli/solve.js';
import { verifyCommand } from './cli/verify.js';
import { worstCaseCommand } from './cli/worst-case.js';

const commands = [
  runCommand(),
  reproduceCommand(),
  solveCommand(),
  verifyCommand(),
  worstCaseCommand(),
  evaluateCommand(),
  problemCommand(),
  llmCommand([llmExperimentCommand()]),
  schemaCommand(),
];

await runProgram(commands);
