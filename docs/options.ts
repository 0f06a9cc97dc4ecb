import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { commands } from '../src/commands.js';
import { completed } from '../src/cli/schedule-command.js';

/** A command with the words that call it, and the pages of docs that say what it and its options mean. */
interface Called {
  readonly name: string;
  readonly pages: readonly string[];
  readonly command: Command;
}

/** The page of a command, of those below `forgetting llm` and `forgetting problem` by the two words. */
const pages: Readonly<Record<string, string>> = {
  run: 'running',
  sweep: 'cluster',
  figure: 'figures',
  reproduce: 'figures',
  solve: 'optima',
  front: 'front',
  advise: 'front',
  remedies: 'remedies',
  verify: 'verify',
  'worst-case': 'worst-case',
  evaluate: 'problems',
  problem: 'problems',
  schema: 'problems',
  schedule: 'trainers',
  llm: 'llm',
  'llm device': 'gpu',
  'llm profile': 'performance',
};

/** Its own page, that of all schedules and runs, and that of clusters, for the options that several commands share. */
function pagesOf([first, second = '']: readonly string[]): string[] {
  const own = new Map(Object.entries(pages));
  const page = own.get(`${first} ${second}`) ?? own.get(first) ?? first;
  return [...new Set([page, 'running', 'cluster'])].map((name) => `${name}.md`);
}

/** Every command that takes options, the schedules' own among them; of those that only hold others, the others. */
export async function calledCommands(all = commands(), before = 'forgetting'): Promise<readonly Called[]> {
  const called = all.map(async (command): Promise<readonly Called[]> => {
    const name = `${before} ${command.name()}`;
    if (command.commands.length > 0) return calledCommands(command.commands, name);
    await completed(command, []);
    return [{ name, pages: pagesOf(name.split(' ').slice(1)), command }];
  });
  return (await Promise.all(called)).flat();
}

/** What a command takes, with defaults, as its help says it. */
function described({ name, pages: [page], command }: Called): string {
  const help = command.createHelp();
  const rows = help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option): [string, string] => [help.optionTerm(option), help.optionDescription(option)]);
  const width = Math.max(0, ...rows.map(([term]) => term.length));
  const given = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [
    [name, ...given, ' ', page].join(' '),
    ...rows.map(([term, description]) => `  ${term.padEnd(width)}  ${description}`),
  ].join('\n');
}

// npx tsx docs/options.ts prints what docs/options.md quotes.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${(await calledCommands()).map(described).join('\n\n')}\n`);
}
