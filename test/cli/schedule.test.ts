import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { schedules } from '../../src/schedule/index.js';
import type { ScheduleSettings } from '../../src/schedule/schedule.js';
import { testBuild } from '../build.js';
import type { Case } from '../schedule/vectors/case.js';
import { temporaryFolder } from '../temporary-folder.js';
import { forgetting } from './command.js';
import { answered } from './in-process.js';

const folder = temporaryFolder();
const words = ['schedule', '--schedule', 'maxright', '--lambda', '0.4', '--steps', '5', '--period', '2'];
const optima = ['--sft-optimum', '0.9', '--dpo-optimum', '0.1', '--seed', '3'];

interface Line {
  readonly finished?: boolean;
  readonly step?: number;
  readonly evaluate?: readonly string[];
  readonly gradients?: readonly string[];
}

/** A service under way: each call writes a line and gives the one that comes back; without a line, the next one. */
function started(args: readonly string[]): { child: ChildProcess; next: (line?: string) => Promise<string> } {
  const child = spawn(process.execPath, [join(testBuild, 'src/cli.js'), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    next: async (line) => {
      if (line !== undefined) child.stdin.write(`${line}\n`);
      return String((await lines.next()).value);
    },
  };
}

/** What a trainer answers: losses that fall. */
function answerTo(said: string): string {
  const { step = 0, evaluate, gradients = [] } = JSON.parse(said) as Line;
  const values = Object.fromEntries(
    (evaluate ?? gradients).map((name, i) => [name, (name === 'sft' ? 2 : 1) / (step + i)]),
  );
  return JSON.stringify(evaluate === undefined ? { observed: values } : { values });
}

it('a consumer that is killed after every line goes on with the same bytes', async () => {
  const whole: string[] = [];
  const { child, next } = started([...words, ...optima]);
  for (let said = await next(); ; said = await next(answerTo(said))) {
    whole.push(said);
    if (said.includes('finished')) break;
  }
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(whole).toHaveLength(9);

  const path = join(folder, 'state.json');
  const pieces: string[] = [];
  for (let i = 0; i < whole.length; i++) {
    const { child: killed, next: say } = started([...words, ...optima, ...(i === 0 ? [] : ['--state', path])]);
    const said = await say();
    pieces.push(said);
    if (i < whole.length - 1) {
      await say(answerTo(said));
      writeFileSync(path, await say('{"save":true}'));
    }
    killed.kill('SIGKILL');
    await once(killed, 'exit');
  }
  expect(pieces).toEqual(whole);
}, 240_000);

/** The options that give settings on a command line. */
function optionsOf({ ideal, ...settings }: ScheduleSettings): string[] {
  const given: Readonly<Record<string, string | number | boolean | undefined>> = {
    ...settings,
    ...(ideal && { sftOptimum: ideal.sft, dpoOptimum: ideal.dpo }),
  };
  return Object.entries(given).flatMap(([name, value]) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === false || value === undefined ? [] : value === true ? [option] : [option, String(value)];
  });
}

it('makes the choices of 50 settings, each told by a service of its own', async () => {
  const path = new URL('../../python/vectors.json', import.meta.url).pathname;
  const { stated } = JSON.parse(readFileSync(path, 'utf8')) as {
    stated: (Case & { readonly values: string; readonly choices: string })[];
  };
  expect(stated).toHaveLength(50);
  for (const { schedule, settings, seed, values, choices } of stated) {
    const told = values.split(' ').map(Number)[Symbol.iterator]();
    const looks = schedules[schedule].observe !== undefined;
    const args = ['schedule', '--schedule', schedule, ...optionsOf(settings), '--seed', String(seed)];
    const made: string[] = [];
    const { code } = await answered(args, undefined, (said) => {
      const { finished, evaluate, gradients = [] } = JSON.parse(said) as Line;
      if (finished !== undefined) return undefined;
      if (evaluate === undefined) made.push(gradients.length === 1 ? gradients[0] : 'mix');
      const answers = looks ? (evaluate ?? gradients).map((name) => [name, told.next().value] as const) : [];
      return JSON.stringify({ [evaluate === undefined ? 'observed' : 'values']: Object.fromEntries(answers) });
    });
    expect([made.join(' '), code], args.join(' ')).toEqual([choices, 0]);
  }
});

it('ends when its consumer is killed', async () => {
  // The consumer is a process of its own that starts the service, shows its id, and is killed without closing anything.
  const consumer = spawn(process.execPath, [
    '-e',
    `const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify([join(testBuild, 'src/cli.js'), ...words, ...optima])});
     child.stdout.once('data', () => console.log(child.pid)); setInterval(() => undefined, 1000);`,
  ]);
  const [data] = (await once(consumer.stdout, 'data')) as [Buffer];
  const pid = Number(data.toString());
  expect(isRunning(pid)).toBe(true);
  consumer.kill('SIGKILL');
  for (let tries = 0; isRunning(pid) && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(isRunning(pid)).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    // A process that has ended and that nobody waits for is still there by name.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('refuses a malformed line with its number, and says what it lacks', async () => {
  const { child, next } = started([...words, ...optima]);
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
  await next('{"values":{"dpo":1,"sft":2}}');
  child.stdin?.write('{"observed":{"dpo":}}\n');
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(errors).toBe('forgetting: line 2: got "{\\"observed\\":{\\"dpo\\":}}", expected a line of JSON\n');

  const lacking = forgetting(words);
  expect(lacking.code).toBe(2);
  expect(lacking.stderr).toBe(
    'forgetting: schedule: got "maxright", expected --sft-optimum and --dpo-optimum with it: it compares optimality gaps\n',
  );
});

it("a user's own file is served, with its settings as options, and its choices are exported", () => {
  const path = join(folder, 'choices.json');
  const args = ['schedule', '--schedule', 'examples/alternate.ts', '--steps', '5', '--export', path];
  expect(forgetting(args)).toEqual({ code: 0, stdout: '', stderr: '' });
  const { schedule, choices } = JSON.parse(readFileSync(path, 'utf8')) as {
    schedule: string;
    choices: { dpo: number }[];
  };
  expect(schedule).toBe('alternate');
  expect(choices.map(({ dpo }) => dpo)).toEqual([1, 0, 1, 0, 1]);
});
