import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WorkStatus } from '../../src/cluster/status.js';
import type { SubmittedJob } from '../../src/cluster/submit.js';
import { startLlm, type Ended } from '../llm/command.js';
import { stepsWritten } from '../llm/toy.js';
import { temporaryFolder } from '../temporary-folder.js';
import { contents, slowExperiment, type SlowExperiment } from './slow-experiment.js';
import { lacksSlurm, startSlurm, type SlurmCluster } from './slurm-cluster.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const folder = temporaryFolder();
const [out, local] = [join(folder, 'cluster'), join(folder, 'local')];

describe.skipIf(lacksSlurm())('an experiment on a Slurm cluster (Debian packages slurmctld, slurmd, munge)', () => {
  let cluster: SlurmCluster;
  let gate: string;
  let words: SlowExperiment['words'];

  beforeAll(async () => {
    ({ gate, words } = await slowExperiment(folder, [0.25, 0.75]));
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
    const [comparison, lambda] = [number < 11 ? 'sft-dpo' : 'dpo-sft', number % 4 === 1 ? 0.25 : 0.75];
    return join(out, 'runs', comparison, `slowly-${lambda}-60-seed0`);
  };
  const nodeOf = (number: number): string => queued(number)?.node ?? '';

  it('ends with the bytes of a local run, whatever happens to its nodes and tasks', async () => {
    writeFileSync(join(folder, 'job.sh'), '#!/bin/bash\n#SBATCH --signal=B:USR2@50\n');
    const whole = await experiment(local, '--workers', '2');
    expect(whole.code, whole.stderr).toBe(0);
    writeFileSync(gate, '');
    expect(await submit()).toEqual([
      { stage: 'starts', runs: '1-2' },
      { stage: 'optima', runs: '3-6' },
      { stage: 'runs', runs: '7' },
      { stage: 'runs', runs: '8-14' },
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
    await until('three runs at a checkpoint', () => [9, 10, 13].every((run) => stepsWritten(runFolder(run)) > 27));
    const [dead, cutOff] = [nodeOf(9), nodeOf(10)];
    const seen = await status();
    expect(seen.counts).toMatchObject({ running: 3, failed: 0 });
    cluster.cutPower(dead);
    cluster.cutOff(cutOff);
    for (const node of [dead, cutOff])
      cluster.command('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    await cluster.restart(dead);
    // One task is cancelled, and tables with it in the end; the one that takes its place has a minute, and is warned.
    cluster.command('scancel', queued(13)?.id ?? '');
    await until('the last run on its way', () => queued(14)?.state === 'RUNNING');
    cluster.command('scontrol', 'update', `jobid=${queued(14)?.id ?? ''}`, 'TimeLimit=1');
    await until('a second copy beside the first', () => {
      hurry(10);
      return existsSync(`${runFolder(10)}.attempt-2`);
    });
    await until('saved before the time limit', () =>
      readFileSync(join(out, 'slurm/log/8+6.log'), 'utf8').includes('saved'),
    );
    rmSync(gate);
    await until('all that is left at its end', () => {
      [9, 10, 14].forEach(hurry);
      return queue().length === 0;
    });
    const left = await status();
    expect(left.tasks.filter((task) => !isFinished(task))).toEqual([
      {
        ...{ stage: 'runs', number: 13, name: 'runs/dpo-sft/slowly-0.25-60-seed0', state: 'failed' },
        ...{
          lastLine: expect.stringMatching(/^run 13: saved after step \d\d, to be gone on with$/) as string,
          log: join(out, 'slurm/log/8+5.log'),
        },
      },
      { stage: 'tables', number: null, name: 'tables', state: 'missing' },
    ]);

    expect(await submit()).toEqual([
      { stage: 'runs', runs: '13' },
      { stage: 'tables', runs: '' },
    ]);
    await until('the end', () => queue().length === 0);
    expect((await status()).counts).toMatchObject({ finished: 15, failed: 0 });
    const again = await experiment(out, '--submit');
    expect([again.code, again.stdout]).toEqual([0, `all of it is finished, in ${out}\n`]);
    expect([...contents(out)]).toEqual([...contents(local)]);
  });
});
