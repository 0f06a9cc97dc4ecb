import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WorkStatus } from '../../src/cluster/status.js';
import type { SubmittedJob } from '../../src/cluster/submit.js';
import { startLlm, type Ended } from '../llm/command.js';
import { stepsWritten, writeToyFiles } from '../llm/toy.js';
import { temporaryFolder } from '../temporary-folder.js';
import { lacksSlurm, startSlurm, type SlurmCluster } from './slurm-cluster.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const folder = temporaryFolder();
const gate = join(folder, 'gate');
const [out, local] = [join(folder, 'cluster'), join(folder, 'local')];

/** A schedule whose steps after the first checkpoint take two seconds each while there is a gate, so that runs can be met. */
const slowly = `
import { existsSync } from 'node:fs';
const sleeper = new Int32Array(new SharedArrayBuffer(4));
export default {
  name: 'slowly',
  label: 'Slowly',
  init: () => ({}),
  distribution: (state, t) => {
    if (t > 27 && existsSync(${JSON.stringify(gate)})) Atomics.wait(sleeper, 0, 0, 2000);
    return [{ choice: { dpo: 0.5, sft: 0.5 }, probability: 1 }];
  },
};
`;

describe.skipIf(lacksSlurm())('an experiment on a Slurm cluster (Debian packages slurmctld, slurmd, munge)', () => {
  let cluster: SlurmCluster;
  let words: (out: string, ...more: string[]) => string[];

  beforeAll(async () => {
    const { model, sft, preferences } = await writeToyFiles(folder);
    const schedule = join(folder, 'slowly.mjs');
    writeFileSync(schedule, slowly);
    const data = ['--model', model, '--sft', sft, '--preferences', preferences, '--max-length', '48'];
    const counts = ['--sft-examples', '4', '--preference-pairs', '3', '--held-out-examples', '2'];
    const scale = ['--steps', '60', '--optimum-steps', '60', '--parts', '2', '--horizons', 'none', '--seeds', '2'];
    const rest = ['--lambdas', '0.5', '--schedules', schedule, '--sft-batch', '1', '--preference-batch', '1'];
    const places = ['--backend', 'wasm', '--no-figures', '--cache', join(folder, 'cache')];
    words = (path, ...more) => ['experiment', ...data, ...counts, ...scale, ...rest, ...places, '--out', path, ...more];
    cluster = await startSlurm(join(folder, 'slurm'), 8);
  });
  afterAll(() => {
    cluster.stop();
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
    const { code, stdout, stderr } = await experiment(
      out,
      `--submit=${join(folder, 'job.sh')}`,
      '--workers',
      '3',
      '--json',
    );
    expect([code, stderr]).toEqual([0, '']);
    return (JSON.parse(stdout) as { jobs: SubmittedJob[] }).jobs.map(({ stage, runs }) => ({ stage, runs }));
  };
  /** What squeue says of this folder's jobs: id, state, name and node of every task. */
  const queue = (): { id: string; state: string; name: string; node: string }[] => {
    const lines = cluster.command('squeue', '-h', '-r', '-o', '%i|%T|%j|%N').trim().split('\n').filter(Boolean);
    return lines.map((line) => line.split('|')).map(([id, state, name, node]) => ({ id, state, name, node }));
  };
  /** The place of a run in the queue; numbers from 8 on are in a second array, because one holds seven here. */
  const queued = (number: number) =>
    queue().find(
      ({ id, name }) => id.endsWith(`_${number % 8}`) && (number >= 8 ? name.endsWith('-8') : !name.endsWith('-8')),
    );
  /** A task that waits because it was taken from a node would wait two minutes. */
  const hurry = (number: number): void => {
    const task = queued(number);
    if (task?.state === 'PENDING') cluster.command('scontrol', 'update', `jobid=${task.id}`, 'StartTime=now');
  };
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    const began = Date.now();
    while (!holds()) {
      await wait(200);
      if (Date.now() - began > 90_000) throw new Error(`${what}: not seen; ${JSON.stringify(queue())}\n${logs()}`);
    }
  };
  const logs = (): string =>
    readdirSync(join(out, 'slurm/log'))
      .map((name) => `${name}: ${readFileSync(join(out, 'slurm/log', name), 'utf8')}`)
      .join('');
  const runFolder = (number: number): string => {
    const [comparison, seed] = [number % 4 === 2 ? 'sft-dpo' : 'dpo-sft', number > 8 ? 1 : 0];
    return join(out, 'runs', comparison, `slowly-0.5-60-seed${seed}`);
  };
  const nodeOf = (number: number): string => queued(number)?.node ?? '';

  it('ends with the bytes of a local run, whatever happens to its nodes and tasks', async () => {
    writeFileSync(join(folder, 'job.sh'), '#!/bin/bash\n#SBATCH --signal=B:USR2@50\n');
    const whole = experiment(local, '--workers', '2');
    await whole;
    writeFileSync(gate, '');
    expect(await submit()).toEqual([
      { stage: 'starts', runs: '1-2' },
      { stage: 'optima', runs: '3-4' },
      { stage: 'runs', runs: '5-7' },
      { stage: 'runs', runs: '8-12' },
      { stage: 'tables', runs: '' },
    ]);
    const refused = await experiment(out, '--submit');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^forgetting: submit: got "jobs [\d, ]+ of [^\n]*\/cluster", expected [^\n]* scancel [\d ]+\n$/,
      ),
    ]);

    // The three runs that are slow fill the three nodes.
    await until('three runs at a checkpoint', () => [6, 8, 10].every((run) => stepsWritten(runFolder(run)) > 27));
    const [dead, cutOff] = [nodeOf(6), nodeOf(8)];
    const seen = await status();
    expect(seen.counts).toMatchObject({ running: 3, failed: 0 });
    cluster.cutPower(dead);
    cluster.cutOff(cutOff);
    for (const node of [dead, cutOff])
      cluster.command('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    await cluster.restart(dead);
    // One task is cancelled, and tables with it in the end; the one that takes its place has a minute, and is warned.
    cluster.command('scancel', queued(10)?.id ?? '');
    await until('a second copy beside the first', () => {
      hurry(8);
      return existsSync(`${runFolder(8)}.attempt-2`);
    });
    await until('the last run on its way', () => queued(12)?.state === 'RUNNING');
    cluster.command('scontrol', 'update', `jobid=${queued(12)?.id ?? ''}`, 'TimeLimit=1');
    await until('saved before the time limit', () =>
      readFileSync(join(out, 'slurm/log/8+4.log'), 'utf8').includes('saved'),
    );
    rmSync(gate);
    await until('all that is left at its end', () => {
      [6, 8, 12].forEach(hurry);
      return queue().length === 0;
    });
    const left = await status();
    expect(left.tasks.filter((task) => !isFinished(task))).toEqual([
      {
        ...{ stage: 'runs', number: 10, name: 'runs/sft-dpo/slowly-0.5-60-seed1', state: 'failed' },
        ...{
          lastLine: expect.stringMatching(/^run 10: saved after step \d\d, to be gone on with$/) as string,
          log: join(out, 'slurm/log/8+2.log'),
        },
      },
      { stage: 'tables', number: null, name: 'tables', state: 'missing' },
    ]);

    expect(await submit()).toEqual([
      { stage: 'runs', runs: '10' },
      { stage: 'tables', runs: '' },
    ]);
    await until('the end', () => queue().length === 0);
    expect((await status()).counts).toMatchObject({ finished: 13, failed: 0 });
    const again = await experiment(out, '--submit');
    expect([again.code, again.stdout]).toEqual([0, `all of it is finished, in ${out}\n`]);
    expect([...contents(out)]).toEqual([...contents(local)]);
  });
});

/** Every file of an experiment but what belongs to Slurm and to the clock. */
function contents(path: string): Map<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  const kept = names.filter((name) => !/^slurm\/|timing|cost/.test(name) && statSync(join(path, name)).isFile());
  return new Map(kept.map((name) => [name, readFileSync(join(path, name)).toString('base64')]));
}
