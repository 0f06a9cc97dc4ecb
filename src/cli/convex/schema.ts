import { Command } from 'commander';
import { printJson } from '../output.js';

/** `forgetting schema`: the JSON Schema of a problem file. */
export function schemaCommand(): Command {
  return new Command('schema').description('the JSON Schema of a problem file').action(async () => {
    const { problemJsonSchema } = await import('../../convex/problem/format.js');
    printJson(problemJsonSchema());
  });
}
