import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { runCommand } from '../../src/cli/convex/run.js';
import { worstCaseCommand } from '../../src/cli/convex/worst-case.js';
import { llmExperimentCommand } from '../../src/cli/llm/experiment.js';
import { scheduleCommand } from '../../src/cli/llm/schedule.js';
import { llmTrainCommand } from '../../src/cli/llm/train.js';
import { completed } from '../../src/cli/schedule-command.js';

const commands: Command[] = [
  runCommand(),
  worstCaseCommand(),
  scheduleCommand(),
  llmTrainCommand(),
  llmExperimentCommand(),
];

// A schedule whose setting a command has an option of already makes that command refuse every schedule.
test.each(commands.map((command) => ({ name: command.name(), command })))(
  '$name has the options of every schedule beside its own',
  async ({ command }) => {
    const before = command.options.length;
    await completed(command, []);
    expect(command.options.length).toBeGreaterThan(before);
  },
);
