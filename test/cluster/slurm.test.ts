import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkStatus } from '../../src/cluster/status.js';
import type { SubmittedJob } from '../../src/cluster/submit.js';
import { quadratic } from '../../src/convex/generate/quadratic.js';
import { fileIn, startForgetting, type Running } from '../cli/command.js';
import { startLlm, type Ended } from '../llm/command.js';
import { stepsWritten } from '../llm/toy.js';
import { temporaryFolder } from '../temporary-folder.js';
import { contents, slowExperiment, stepsBeforeStop, type SlowExperiment } from './slow-experiment.js';
import { lacksSlurm, startSlurm, type SlurmCluster } from './slurm-cluster.js';

// It waits for what it needs, however busy the machine, unless nothing goes on for so many milliseconds.
const longestStandstill = 300_000;
vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 300_000 });

/** MaxArraySize, and the runs of `slowly` in the experiment's plan. */
const arraySize = 8;
const slow = [9, 10, 13, 14] as const;

const folder = temporaryFolder();
const script = fileIn(folder, 'job.sh', '#!/bin/bash\n#SBATCH --signal=B:USR2@240\n');
const [out, local] = [join(folder, 'cluster'), join(folder, 'local')];

describe.skipIf(lacksSlurm())('an experiment on a Slurm cluster (Debian packages slurmctld, slurmd, munge)', () => {
  let cluster: SlurmCluster;
  let setPace: SlowExperiment['setPace'];
  let words: SlowExperiment['words'];
  let remedies: SlowExperiment['remedies'];
  let whole: Running;

  beforeAll(async () => {
    ({ setPace, words, remedies } = await slowExperiment(folder, [0.25, 0.75]));
    cluster = await startSlurm(join(folder, 'slurm'), arraySize);
    whole = startLlm(words(local, '--workers', '1'));
  });
  afterAll(async () => {
    cluster.stop();
    whole.process.kill();
    await whole.ended;
  });

  const experiment = (path: string, ...more: string[]): Promise<Ended> =>
    startLlm(words(path, ...more), cluster.environment).ended;
  const status = async (): Promise<WorkStatus> => {
    const { code, stdout, stderr } = await experiment(out, '--status', '--json');
    expect([code === 0, stderr]).toEqual([(JSON.parse(stdout) as WorkStatus).tasks.every(isFinished), '']);
    return JSON.parse(stdout) as WorkStatus;
  };
  const isFinished = ({ state }: { state: string }): boolean => state === 'finished';
  const submit = async (): Promise<Pick<SubmittedJob, 'stage' | 'runs'>[]> => {
    const { code, stdout, stderr } = await experiment(out, `--submit=${script}`, '--workers', '3', '--json');
    expect([code, stderr]).toEqual([0, '']);
    return (JSON.parse(stdout) as { jobs: SubmittedJob[] }).jobs.map(({ stage, runs }) => ({ stage, runs }));
  };
  interface Task {
    readonly id: string;
    readonly state: string;
    readonly name: string;
    readonly node: string;
  }
  /** What squeue says of this folder's jobs: id, state, name and node of every task. */
  const queue = (): Task[] => {
    const lines = cluster.command('squeue', '-h', '-r', '-o', '%i|%T|%j|%N').trim().split('\n').filter(Boolean);
    return lines.map((line) => line.split('|')).map(([id, state, name, node]) => ({ id, state, name, node }));
  };
  /** Where a run is in the arrays, which hold eight indexes here. */
  const placeOf = (number: number) => ({ offset: number - (number % arraySize), index: number % arraySize });
  const queued = (number: number, tasks = queue()): Task | undefined => {
    const { offset, index } = placeOf(number);
    const name = new RegExp(`^[a-z]+-[0-9a-f]{8}${offset === 0 ? '' : `-${offset}`}$`);
    return tasks.find((task) => task.id.endsWith(`_${index}`) && name.test(task.name));
  };
  /**
   * Waits, however long it takes, as long as something goes on; what would stand still for minutes is mended.
   * @param runs what must be in the queue for it: where one is not, it will never come
   */
  const until = async (what: string, holds: () => boolean, runs: readonly number[] = []): Promise<void> => {
    for (let [seen, since, looks] = ['', Date.now(), 0]; !holds(); looks++) {
      // Looked at before what must hold: a run may come to its end between the two.
      const tasks = queue();
      const gone = runs.filter((run) => queued(run, tasks) === undefined);
      if (gone.length > 0 && !holds())
        throw new Error(`${what}: will not be seen, because run ${gone.join()} has ended`);
      const now = JSON.stringify([tasks, slow.map((run) => stepsWritten(runFolder(run)))]);
      if (now !== seen) [seen, since] = [now, Date.now()];
      if (Date.now() - since > longestStandstill) throw new Error(`${what}: not seen, and nothing goes on`);
      // Slurm's commands would take half a core, were they asked all the time.
      if (looks % 4 === 3) cluster.mend();
      await wait(500);
    }
  };
  const logs = (): string => {
    const path = join(out, 'slurm/log');
    const names = existsSync(path) ? readdirSync(path) : [];
    return names.map((name) => `${name}: ${readFileSync(join(path, name), 'utf8')}`).join('');
  };
  const nameOfLog = (number: number): string => {
    const { offset, index } = placeOf(number);
    return join(out, 'slurm/log', offset === 0 ? `${index}.log` : `${offset}+${index}.log`);
  };
  const logOf = (number: number): string =>
    existsSync(nameOfLog(number)) ? readFileSync(nameOfLog(number), 'utf8') : '';
  const [first, second, third, last] = slow;
  const nameOf = (number: number): string =>
    `runs/${number < third ? 'sft-dpo' : 'dpo-sft'}/slowly-${number === first || number === third ? 0.25 : 0.75}-60-seed0`;
  const runFolder = (number: number): string => join(out, nameOf(number));
  const nodeOf = (number: number): string => queued(number)?.node ?? '';

  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      process.stderr.write(`${logs()}\n${cluster.report()}`);
    });
  });

  it('shares sweep, verify, reproduce and remedies by the same code, and makes only what is missing', async () => {
    const at = (name: string): string => join(folder, name);
    const problem = fileIn(folder, 'plane.json', quadratic({ dimension: 2, noise: 0.1 }));
    const run = async (words: readonly string[]): Promise<Ended> => {
      const ended = await startForgetting(words, { env: cluster.environment }).ended;
      expect([ended.code, ended.stderr], words.join(' ')).toEqual([0, expect.any(String)]);
      return ended;
    };
    /** The commands, to be given where their results go and a cache. */
    const commands = {
      sweep: (out: string, cache: string) => [
        ...['sweep', problem, '--schedules', 'alright', '--lambdas', '0.25,0.5', '--steps', '20', '--seeds', '3'],
        ...['--out', `${out}.jsonl`, '--cache', cache],
      ],
      verify: (out: string, cache: string) => [
        ...['verify', '--quick', '--only', 'W.maxright', '--verdicts', `${out}.json`, '--cache', cache],
      ],
      reproduce: (out: string, cache: string) => [
        ...['reproduce', '--quick', '--only', 'landscape', '--out', out, '--cache', cache],
      ],
      remedies: (out: string) => ['llm', ...remedies(out)],
    };
    const submitted: Record<string, string[]> = {};
    const asked = new Map<string, string[]>();
    /** What a command made, whether a file or a folder. */
    const made = (name: string): Map<string, string> => {
      const file = ['.jsonl', '.json'].map((end) => at(`${name}${end}`)).find((path) => existsSync(path));
      return file === undefined ? contents(at(name)) : new Map([['', readFileSync(file, 'utf8')]]);
    };
    for (const [name, command] of Object.entries(commands)) {
      const [alone, shared] = [at(`alone-${name}`), at(`shared-${name}`)];
      const caches = [`${alone}.cache`, `${shared}.cache`];
      await run([...command(alone, caches[0]), '--workers', '1']);
      const words = command(shared, caches[1]);
      if (name === 'verify') {
        // Of its many tasks one and the table are missing.
        cpSync(caches[0], caches[1], { recursive: true });
        const kept = readdirSync(caches[1]).find((file) => file.endsWith('.json')) ?? '';
        rmSync(join(caches[1], kept));
      }
      const { stdout } = await run([...words, `--submit=${script}`, '--json']);
      const { jobs } = JSON.parse(stdout) as { jobs: SubmittedJob[] };
      submitted[name] = jobs.map(({ stage, runs }) => `${stage} ${runs}`.trim());
      asked.set(name, words);
    }
    expect(submitted).toEqual({
      sweep: ['runs 1-2', 'table'],
      verify: [expect.stringMatching(/^checks \d+$/), 'table'],
      reproduce: ['experiments 1', 'figures'],
      remedies: ['starts 1', 'optima 2-3', 'runs 4-7', 'runs 8-9', 'tables'],
    });
    await until('all of them at their end', () => queue().length === 0);
    for (const words of asked.values()) {
      const { stdout } = await run([...words, '--status']);
      expect(stdout).toMatch(/^\d+ finished, 0 running, 0 queued, 0 failed, 0 missing$/m);
    }
    for (const name of Object.keys(commands)) {
      expect([...made(`shared-${name}`)], name).toEqual([...made(`alone-${name}`)]);
    }
  });

  it('ends with the bytes of a local run, whatever happens to its nodes and tasks', async () => {
    const { code, stderr } = await whole.ended;
    expect(code, stderr).toBe(0);
    for (const run of slow) setPace(run, 'stopped');
    expect(await submit()).toEqual([
      { stage: 'starts', runs: '1-2' },
      { stage: 'optima', runs: '3-6' },
      { stage: 'runs', runs: '7' },
      { stage: 'runs', runs: '8-14' },
      { stage: 'tables', runs: '' },
    ]);
    // --workers 3: no more than three tasks of an array at a time.
    expect(cluster.command('squeue', '-h', '-o', '%i')).toMatch(/_\[\d[\d,-]*%3\]/);
    const refused = await experiment(out, '--submit');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^forgetting: submit: got "jobs [\d, ]+ of [^\n]*\/cluster", expected [^\n]* scancel [\d ]+\n$/,
      ),
    ]);

    // Three runs that stand still fill the three nodes.
    const standsStill = (run: number): boolean => stepsWritten(runFolder(run)) === stepsBeforeStop;
    await until('three runs past a checkpoint', () => [first, second, third].every(standsStill), [
      first,
      second,
      third,
    ]);
    const [dead, cutOff] = [nodeOf(first), nodeOf(second)];
    // What somebody, or Slurm after a failed launch, holds is said to wait for its release.
    const waiting = queued(last)?.id ?? '';
    cluster.command('scontrol', 'hold', waiting);
    const seen = await status();
    expect(seen.counts).toMatchObject({ running: 3, failed: 0 });
    expect(seen.tasks[last - 1]).toMatchObject({ state: 'queued', job: waiting, held: true });
    cluster.cutPower(dead);
    cluster.cutOff(cutOff);
    for (const node of [dead, cutOff])
      cluster.command('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    await cluster.restart(dead);
    setPace(first, 'usual');
    // One task is cancelled, and tables with it in the end. It is let go once it was told, to save what it has.
    cluster.command('scancel', queued(third)?.id ?? '');
    await until('a run cancelled', () => logOf(third).includes('CANCELLED'));
    setPace(third, 'slow');
    await until('a second copy beside the first', () => existsSync(`${runFolder(second)}.attempt-2`), [second]);
    setPace(second, 'usual');
    await until('the last run past a checkpoint', () => standsStill(last), [last]);
    // More urgent work takes its node: it saves, and goes on when it gets one again.
    const urgent = ['--partition=urgent', `--nodelist=${nodeOf(last)}`, '--output=/dev/null', '--wrap=true'];
    cluster.command('sbatch', ...urgent);
    await until('the last run pre-empted', () => logOf(last).includes('DUE TO PREEMPTION'), [last]);
    setPace(last, 'slow');
    /** How many copies of the last run have begun, and have said that they saved. */
    const begun = (): number => logOf(last).split('wasm:').length - 1;
    const saved = (): number => logOf(last).split('saved after step').length - 1;
    await until('a second copy of the last run', () => begun() === 2, [last]);
    expect(saved()).toBe(1);
    // The time limit comes so near that the task is warned.
    const started = cluster.command('squeue', '-h', '-r', '-o', '%S', '-j', queued(last)?.id ?? '').trim();
    const minutes = Math.floor((Date.now() - Date.parse(started)) / 60_000);
    const limitTo = (limit: number): string =>
      cluster.command('scontrol', 'update', `jobid=${queued(last)?.id ?? ''}`, `TimeLimit=${limit}`);
    limitTo(minutes + 4);
    await until('the last run saved before its time limit', () => saved() === 2, [last]);
    // Or under way again by the time that somebody looks.
    await until('the last run in the queue again', () => queued(last)?.state === 'PENDING' || begun() === 3, [last]);
    limitTo(60);
    for (const run of [third, last]) setPace(run, 'usual');
    await until('all that is left at its end', () => queue().length === 0);
    const left = await status();
    expect(left.tasks.filter((task) => !isFinished(task))).toEqual([
      {
        ...{ stage: 'runs', number: third, name: nameOf(third), state: 'failed' },
        ...{
          lastLine: expect.stringMatching(/^run 13: saved after step \d\d, to be gone on with$/) as string,
          log: nameOfLog(third),
        },
      },
      { stage: 'tables', number: null, name: 'tables', state: 'missing' },
    ]);

    expect(await submit()).toEqual([
      { stage: 'runs', runs: `${third}` },
      { stage: 'tables', runs: '' },
    ]);
    await until('the end', () => queue().length === 0);
    expect((await status()).counts).toMatchObject({ finished: 15, failed: 0 });
    const again = await experiment(out, '--submit');
    expect([again.code, again.stdout]).toEqual([0, `all of it is finished, in ${out}\n`]);
    expect([...contents(out)]).toEqual([...contents(local)]);

    const damaged = join(runFolder(first), 'steps.jsonl');
    appendFileSync(damaged, '{}\n');
    expect((await status()).tasks[first - 1]).toMatchObject({
      state: 'damaged',
      damage: expect.stringContaining(damaged) as string,
    });
    const refusal =
      /^(?:wasm: [^\n]*\n)?forgetting: [^\n]*steps\.jsonl: got "\d+ bytes", expected [^\n]*: it is damaged\n$/;
    for (const asked of [['--submit'], ['--run', `${first}`], []]) {
      const { code, stderr } = await experiment(out, ...asked);
      expect([code, stderr], asked.join()).toEqual([2, expect.stringMatching(refusal)]);
    }
  });
});
