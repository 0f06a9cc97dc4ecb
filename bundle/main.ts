import { llmCommand } from '../src/cli/llm.js';
import { runProgram } from '../src/cli/program.js';

// The program of the bundle: `forgetting llm …` alone, which needs no package with files of its own.
await runProgram([llmCommand()]);
