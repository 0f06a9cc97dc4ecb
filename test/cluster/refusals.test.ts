import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { claimFolder } from '../../src/llm/results/run-folder.js';
import { quadratic } from '../../src/convex/generate/quadratic.js';
import { fileIn } from '../cli/command.js';
import { answered } from '../cli/in-process.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const problem = fileIn(folder, 'plane.json', quadratic({ dimension: 2 }));

/** Every command that is submitted, with where its scripts would lie. */
const commands: Readonly<Record<string, readonly string[]>> = {
  sweep: ['sweep', problem, '--steps', '20', '--out', at('table.jsonl'), '--cache', at('sweep')],
  verify: ['verify', '--quick', '--only', 'M', '--cache', at('verify')],
  reproduce: ['reproduce', '--quick', '--only', 'landscape', '--out', at('figures'), '--cache', at('reproduce')],
  experiment: ['llm', 'experiment', '--preset', 'synthetic', '--out', at('experiment')],
  remedies: ['llm', 'experiment', '--preset', 'synthetic', '--out', at('remedies'), '--remedies', 'sequential'],
};

// A machine without Slurm: no command is found there.
beforeAll(() => {
  vi.stubEnv('PATH', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
});
const refused = (message: string) => ({ code: 2, stdout: '', stderr: expect.stringMatching(message) as string });

describe.each(Object.entries(commands))('%s', (_name, words) => {
  it('refuses a script that is not there, and a machine without Slurm, in one line', async () => {
    expect(await answered([...words, '--submit=nowhere.sh'])).toEqual(
      refused('^forgetting: nowhere.sh: got "no such file", expected a script[^\n]*\n$'),
    );
    expect(await answered([...words, '--submit'])).toEqual(
      refused('^forgetting: submit: got "no sbatch", expected a machine with Slurm[^\n]*\n$'),
    );
  });
});

it.each(['experiment', 'remedies'])(
  '%s refuses the folder of another experiment, and leaves it alone',
  async (name) => {
    const out = at(name);
    await claimFolder(out, { preset: 'llama3-8b' });
    for (const asked of ['--submit', '--status']) {
      expect(await answered([...commands[name], asked])).toEqual(
        refused('^forgetting: preset: got "synthetic", expected "llama3-8b", as the run in [^\n]*\n$'),
      );
    }
    expect(existsSync(join(out, 'slurm'))).toBe(false);
  },
);
