import type { Command } from 'commander';
import { adviseCommand } from './cli/convex/advise.js';
import { evaluateCommand } from './cli/convex/evaluate.js';
import { frontCommand } from './cli/convex/front.js';
import { figureCommand } from './cli/convex/figure.js';
import { llmExperimentCommand } from './cli/llm/experiment.js';
import { llmCommand } from './cli/llm/llm.js';
import { problemCommand } from './cli/convex/problem.js';
import { remediesCommand } from './cli/convex/remedies.js';
import { reproduceCommand } from './cli/convex/reproduce.js';
import { runCommand } from './cli/convex/run.js';
import { scheduleCommand } from './cli/llm/schedule.js';
import { schemaCommand } from './cli/convex/schema.js';
import { solveCommand } from './cli/convex/solve.js';
import { sweepCommand } from './cli/convex/sweep.js';
import { verifyCommand } from './cli/convex/verify.js';
import { worstCaseCommand } from './cli/convex/worst-case.js';

/** Every command of `forgetting`, in the order of its help. */
export function commands(): readonly Command[] {
  return [
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
}
