import { llmCommand } from '../src/cli/llm/llm.js';
import { runProgram } from '../src/cli/program.js';

// The program of the bundle: `forgetting llm …` alone, which needs no package with files of its own.
await runProgram([llmCommand()]);
// Left to end by itself, the bundled program crashed in Dawn's threads where a device was closed right after opening.
process.exit();
