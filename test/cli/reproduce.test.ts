import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { llm } from '../../experiments/llm.js';
import { writeContents } from '../../src/llm/results/contents.js';
import { exampleResults } from '../figure/example-results.js';
import { closedFormFile } from '../problems.js';
import { fileIn, forgetting, startForgetting, type Finished } from './command.js';
import { answered } from './in-process.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();

const within = (...names: string[]): string => join(folder, ...names);
const files = (path: string): string[] => readdirSync(path).sort();
const quick = ['reproduce', '--quick'];

/** What the command answers without data, in a folder. */
async function reproduced(words: readonly string[], cwd = process.cwd()): Promise<Finished> {
  const before = process.cwd();
  vi.stubEnv('FORGETTING_DATA', '');
  process.chdir(cwd);
  try {
    return await answered([...quick, ...words]);
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
  }
}

describe('a figure by name', () => {
  const [out, cache] = [within('one'), within('one-cache')];
  let finished: Finished;
  beforeAll(async () => {
    finished = await reproduced(['--only', 'landscape,real-text', '--out', out, '--cache', cache]);
  });

  test('is drawn in every form, with a line for it and for the one that is skipped', () => {
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(finished.stdout).toMatch(/^landscape: .*\.svg/m);
    expect(finished.stdout).toMatch(/^real-text: skipped, FORGETTING_DATA is not set/m);
    expect(files(out)).toEqual(['index.html', 'landscape.csv', 'landscape.png', 'landscape.svg', 'landscape.vl.json']);
    expect(readFileSync(join(out, 'landscape.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test('is on the page with its caption, command and seed, and the skipped one with its reason', () => {
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    expect(page).toContain('forgetting reproduce --quick --only landscape --seed 0');
    expect(page).toContain('MAXRIGHT to θ°');
    expect(page).toMatch(/real-text<\/b> was skipped: FORGETTING_DATA is not set/);
  });

  test('its paths go from the start to the certified minimisers', () => {
    const spec = JSON.parse(readFileSync(join(out, 'landscape.vl.json'), 'utf8')) as {
      data: { values: { layer: string; label?: string; schedule?: string; x: number; y: number }[] };
    };
    const rows = spec.data.values;
    const mark = (label: string) => rows.find((row) => row.label === label) ?? { x: NaN, y: NaN };
    const end = (name: string) =>
      rows.find(({ layer, schedule }) => layer === 'end' && schedule === name) ?? { x: NaN, y: NaN };
    const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number =>
      Math.hypot(a.x - b.x, a.y - b.y);
    const across = distance(mark('argmin f_SFT'), mark('argmin f_DPO'));
    expect(distance(end('Sequential, SFT→DPO'), mark('argmin f_DPO'))).toBeLessThan(0.15 * across);
    expect(distance(end('Sequential, DPO→SFT'), mark('argmin f_SFT'))).toBeLessThan(0.15 * across);
    expect(distance(end('Mix'), mark('argmin F_λ'))).toBeLessThan(0.15 * across);
    expect(distance(end('ALRIGHT'), mark('argmin F_λ'))).toBeLessThan(0.15 * across);
    expect(distance(end('MAXRIGHT'), mark('θ°'))).toBeLessThan(0.15 * across);
  });
});

describe('the figures of a finished llm experiment', () => {
  const [results, out] = [within('experiment'), within('llm-figures')];
  const drawn = ['llm-trade-off', 'llm-choices'];
  const draw = (...words: string[]) => reproduced([...words, '--out', out, '--cache', within('llm-cache')]);

  test('are drawn from its folder, with its command and seed, and stay on the page beside others', async () => {
    mkdirSync(results);
    const { command, optima, settings, summary, ...tables } = await exampleResults(llm);
    writeFileSync(
      join(results, 'summary.json'),
      JSON.stringify({ ...summary, optima, settings: { ...settings, seed: 7 } }),
    );
    writeFileSync(join(results, 'command.txt'), `${command}\n`);
    for (const [name, rows] of Object.entries(tables)) {
      writeFileSync(join(results, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
    await writeContents(results);
    const finished = await draw('--only', drawn.join(','), '--llm', results);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    for (const name of drawn)
      expect(
        readFileSync(join(out, `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');

    // Without the folder what is there stays, whatever else is drawn or skipped.
    const later = await draw('--only', `real-text,llm-cost,${drawn[0]}`);
    expect(later.stdout).toMatch(/^llm-trade-off: skipped, give --llm/m);
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    for (const name of drawn) expect(page).toContain(`<figure id="${name}">`);
    expect(page).toContain(`<code>${command}</code> · seed 7`);
    expect(page).not.toMatch(/<b>llm-trade-off<\/b> was skipped/);
    expect(page).toMatch(/<b>llm-cost<\/b> was skipped: give --llm/);
  });

  test('are refused in one line where the folder is none', async () => {
    const { code, stdout, stderr } = await draw('--only', 'llm-choices', '--llm', within('nowhere'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^forgetting: .*nowhere", expected the folder of a finished forgetting llm experiment\n$/);
  });

  test('are refused where a table was emptied since, which is not one that was left empty', async () => {
    writeFileSync(join(results, 'choices.jsonl'), '');
    const { code, stdout, stderr } = await draw('--only', 'llm-choices', '--llm', results);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^forgetting: .*choices\.jsonl: got "0 bytes", expected [1-9].*: it is damaged\n$/);
  });
});

test('a killed run goes on where it stopped and ends with the same bytes', { timeout: 240_000 }, async () => {
  const names = ['--only', 'lambda-sweep'];
  const whole = forgetting([...quick, ...names, '--out', within('whole'), '--cache', within('whole-cache')]);
  expect(whole.code).toBe(0);
  const tasks = files(within('whole-cache')).length;

  const [out, cache] = [within('killed'), within('killed-cache')];
  const command = [...quick, ...names, '--workers', '1', '--out', out, '--cache', cache];
  const { process: child, ended } = startForgetting(command);
  const finishedTasks = (): string[] =>
    existsSync(cache) ? files(cache).filter((name) => name.endsWith('.json')) : [];
  while (finishedTasks().length < 3 && child.exitCode === null) await sleep(2);
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
  const kept = finishedTasks();
  expect(kept.length).toBeGreaterThanOrEqual(3);
  expect(kept.length).toBeLessThan(tasks);
  expect(files(out)).toEqual([]);
  const written = kept.map((name) => statSync(join(cache, name)).mtimeMs);

  const resumed = forgetting([...quick, ...names, '--workers', '1', '--out', out, '--cache', cache]);
  expect(resumed.code).toBe(0);
  expect(kept.map((name) => statSync(join(cache, name)).mtimeMs)).toEqual(written);
  expect(finishedTasks()).toEqual(files(within('whole-cache')));
  expect(files(out)).toEqual(files(within('whole')));
  for (const name of files(out)) {
    expect(readFileSync(join(out, name)).equals(readFileSync(within('whole', name))), name).toBe(true);
  }
});

test('a problem of the user’s own has the figures that show one problem, in a folder of its own', async () => {
  fileIn(folder, 'pair.json', closedFormFile(0.1));
  const draw = (...words: string[]) =>
    reproduced(['--problem', 'pair.json', '--cache', within('pair-cache'), ...words], folder);
  const { code, stdout, stderr } = await draw('--only', 'forgetting,landscape', '--no-title', '--pdf');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^landscape: skipped, the plane is drawn of problems on R\^2, not on R\^1/m);
  const names = ['csv', 'pdf', 'png', 'svg', 'vl.json'].map((ending) => `forgetting.${ending}`);
  expect(files(within('pair-figures'))).toEqual([...names, 'index.html']);
  const { title, usermeta, data } = JSON.parse(readFileSync(within('pair-figures', 'forgetting.vl.json'), 'utf8')) as {
    title?: unknown;
    usermeta: { command: string };
    data: { values: { layer: string; panel: string; label?: string; mean: number }[] };
  };
  expect(title).toBeUndefined();
  expect(usermeta.command).toBe('forgetting reproduce --quick --problem pair.json --only forgetting --seed 0');
  // f_SFT = ½(θ + 1)² is 2 at 1, where f_DPO is least.
  const level = data.values.find(({ panel, label }) => panel === 'sft' && label === 'at argmin f_DPO');
  expect(level?.mean).toBeCloseTo(2, 6);
  const refused = await draw('--only', 'period');
  expect(refused.code).toBe(2);
  const offered = /^forgetting: only: got "period", expected names of figures: ([^\n]*)\n$/.exec(refused.stderr)?.[1];
  expect(offered?.split(', ')).toEqual(expect.arrayContaining(['landscape', 'forgetting', 'remedies']));
});

describe('bad input', () => {
  writeFileSync(within('file'), 'not a folder');
  test.each([
    [
      'a folder that cannot be made',
      ['--out', within('file', 'figures')],
      /^forgetting: out: got ".*figures", expected a folder/,
    ],
    [
      'a cache that cannot be made',
      ['--out', within('empty'), '--cache', within('file', 'cache')],
      /^forgetting: cache: got/,
    ],
    ['an unknown figure', ['--only', 'landscape,portrait'], /^forgetting: only: got "portrait", expected .*landscape/],
    ['no workers', ['--workers', '0'], /^forgetting: workers: got "0"/],
    ['a seed that is none', ['--seed', '-1'], /^forgetting: seed: got "-1"/],
  ])('%s is refused in one line', async (_what, options, line) => {
    const { code, stdout, stderr } = await reproduced(options, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(within('figures'))).toBe(false);
  });
});
