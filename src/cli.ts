#!/usr/bin/env node
import { adviseCommand } from './cli/convex/advise.js';
import { evaluateCommand } from './cli/convex/evaluate.js';
import { frontCommand } from './cli/convex/front.js';
import { figureCommand } from './cli/convex/figure.js';
import { llmExperimentCommand } from './cli/llm/experiment.js';
import { llmCommand } from './cli/llm/llm.js';
import { problemCommand } from './cli/convex/problem.js';
import { runProgram } from './cli/program.js';
import { remediesCommand } from './cli/convex/remedies.js';
import { reproduceCommand } from './cli/convex/reproduce.js';
import { runCommand } from './cli/convex/run.js';
import { scheduleCommand } from './cli/llm/schedule.js';
import { schemaCommand } from './cli/convex/schema.js';
import { solveCommand } from './cli/convex/solve.js';
import { sweepCommand } from './cli/convex/sweep.js';
import { verifyCommand } from './cli/convex/verify.js';
import { worstCaseCommand } from './cli/convex/worst-case.js';

const commands = [
  runCommand(),
  sweepCommand(),
  figureCommand(),
  reproduceCommand(),
  solveCommand(),
  frontCommand(),
  adviseCommand(),
  remediesCommand(),
  verifyCommand(),
  worstCaseCommand(),
  evaluateCommand(),
  problemCommand(),
  llmCommand([llmExperimentCommand()]),
  scheduleCommand(),
  schemaCommand(),
];

await runProgram(commands);
