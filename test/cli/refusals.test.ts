import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { integerOption } from '../../src/cli/arguments.js';
import { InputError } from '../../src/base/input-error.js';
import { testBuild } from '../build.js';
import { fileIn, program, startNode, type Finished } from './command.js';
import { llmTrainCommand } from '../../src/cli/llm/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { refused } from './refused.js';

const folder = temporaryFolder();
const objective = (minimizer: number) => ({ hessian: [[1]], minimizer: [minimizer], noise: 0.3 });
const problem = fileIn(folder, 'pair.json', {
  kind: 'quadratic',
  objectives: { dpo: objective(1), sft: objective(-1) },
  start: [0],
});

/** Runs node on some words, beside other processes; standard output may be a file. */
async function node(words: readonly string[], output?: string): Promise<Finished> {
  const descriptor = output === undefined ? undefined : openSync(output, 'w');
  const { ended } = startNode(words, descriptor === undefined ? {} : { output: descriptor });
  if (descriptor !== undefined) closeSync(descriptor);
  const { code, stdout, stderr } = await ended;
  return { code, stdout, stderr };
}

const run = ['run', problem, '--schedule', 'mix', '--seeds', '2', '--steps', '10'];

describe('a size that no machine has, or beyond exact integers, is refused', () => {
  it.each([
    ['steps', '1e15', 'an integer ≤ 2147483647'],
    ['steps', '0', 'an integer ≥ 1'],
    ['steps', '1.5', 'an integer ≥ 1'],
    ['steps', '', 'an integer ≥ 1'],
    ['seed', '9007199254740991', 'an integer ≤ 9007197107257344'],
    ['seeds', '1e7', 'an integer ≤ 1000000'],
    ['workers', '100000', 'an integer ≤'],
  ])('--%s %s', (option, text, expected) => {
    expect(() => integerOption(option, 1)(text)).toThrow(InputError);
    expect(() => integerOption(option, 1)(text)).toThrow(`${option}: got "${text}", expected ${expected}`);
  });
});

it('every refusal of the command line is one line, exit code 2 and nothing on standard output', async () => {
  const cases: [readonly string[], string, string?][] = [
    [[...run, '--steps', '20'], 'steps: got "20", expected the option once'],
    [[...run, '--no\nsuch'], "unknown option '--no\\nsuch'"],
    [[...run, '--step-size', ' '], 'step-size: got " ", expected a number, an expression of t and T'],
    [['run', `${problem}\n`, '--schedule', 'mix'], `${problem}\\n: got "no such file"`],
    [['problem', 'log-linear', '--examples', '1e9'], 'examples: got 1000000000, expected fewer'],
    [[...run, '--json'], 'standard output: got "a full disk", expected a place that can be written', '/dev/full'],
  ];
  const ended = await Promise.all(cases.map(([words, , output]) => node([program, ...words], output)));
  for (const [i, { code, stdout, stderr }] of ended.entries()) {
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`forgetting: ${cases[i][1]}`), stderr).toBe(true);
    expect(stderr.indexOf('\n')).toBe(stderr.length - 1);
  }
});

it('the measures of 300,000 steps are printed, and a problem comes through a FIFO', async () => {
  const fifo = join(folder, 'problem.fifo');
  execFileSync('mkfifo', [fifo]);
  spawn('sh', ['-c', `sleep 0.2; cat ${problem} > ${fifo}`], { stdio: 'ignore' });
  const words = ['run', fifo, '--schedule', 'mix', '--seeds', '1', '--steps', '300000', '--trace', '1'];
  const { code, stdout, stderr } = await node([program, ...words]);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.slice(lines.indexOf(lines.find((line) => line.includes('maxGap  ')) ?? '')).length).toBeGreaterThan(3e5);
  expect(lines.at(-1)).toMatch(/^300000 /);
});

describe('an unexpected error, tfjs loaded', () => {
  const faulty = (fault: string): string => `
    const { guardProcess } = await import('${testBuild}/src/cli/guard.js');
    guardProcess();
    const { openBackend } = await import('${testBuild}/src/engine/backend.js');
    await openBackend('wasm');
    ${fault}
    setInterval(() => undefined, 1000);`;

  it('is one line and exit code 70; its stack is for --debug', async () => {
    const thrown = faulty('setTimeout(() => { throw new TypeError("no\\nreason"); });');
    const rejected = faulty('void Promise.reject(new Error("left alone"));');
    const large = faulty('void Promise.reject(new RangeError("Invalid typed array length: 1e15"));');
    const [plain, unhandled, memory, debugged] = await Promise.all(
      [[thrown], [rejected], [large], [thrown, '--debug']].map(([source, ...words]) =>
        node(['--input-type=module', '-e', source, '--', ...words]),
      ),
    );
    const report = 'please report it with the command and what it reads (--debug shows where it happened)\n';
    expect(plain).toEqual({
      code: 70,
      stdout: '',
      stderr: `forgetting: an unexpected error: TypeError: no\\nreason; ${report}`,
    });
    expect(unhandled).toEqual({
      code: 70,
      stdout: '',
      stderr: `forgetting: an unexpected error: Error: left alone; ${report}`,
    });
    expect(memory.code).toBe(2);
    expect(memory.stderr).toMatch(/^forgetting: not enough memory[^\n]*\n$/);
    expect(debugged.code).toBe(70);
    expect(debugged.stderr).toMatch(/\n {4}at /);
  });
});

describe('an option that takes several values', () => {
  it('takes them at once, and is refused for nothing but what they are', async () => {
    const { code, stderr } = await refused(llmTrainCommand(), [
      ...['train', '--schedule', 'sft', '--model', 'none', '--steps', '1', '--out', 'nowhere'],
      ...['--sft', 'first.jsonl', 'second.jsonl'],
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^forgetting: (model|none)/);
  });
});
