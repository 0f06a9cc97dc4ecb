import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobName, placeOfJob } from '../../src/cluster/folder.js';
import { asksForGpus, jobScript, taskScript } from '../../src/cluster/job-script.js';
import { ranges } from '../../src/cluster/submit.js';
import { withoutOptions } from '../../src/cli/words.js';
import { fileIn } from '../cli/command.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();
const script = (lines: string, name = 'job.sh') => jobScript(folder, fileIn(folder, name, `#!/bin/bash\n${lines}\n`));

describe('a script for jobs', () => {
  it('is written where none is named, and kept', async () => {
    const { path, text, warning } = await jobScript(folder, undefined);
    expect([path, warning]).toEqual([join(folder, 'slurm/job.sh'), 120]);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await jobScript(folder, undefined)).text).toBe(text);
  });

  it('says how long before the time limit it is warned, and whether it asks for GPUs', async () => {
    const own = await script('#SBATCH --time=1:00:00 --signal=B:USR2@300\n#SBATCH --account=x --gpus-per-node=1');
    expect([own.warning, asksForGpus(own)]).toEqual([300, true]);
    expect(asksForGpus(await script('#SBATCH --gres=gpu:a100:1'))).toBe(true);
    expect(asksForGpus(await script('#SBATCH --partition=gpu'))).toBe(false);
    for (const limit of ['3', '2:01', '0:02:01', '0-1', 'UNLIMITED'])
      expect((await script(`#SBATCH --time=${limit}`)).warning, limit).toBe(120);
  });

  it.each([
    ['#SBATCH --time=10 --array=1-3', 'a script without this line: arrays'],
    ['#SBATCH -J name', 'a script without this line: arrays'],
    ['#SBATCH --dependency=afterok:1', 'a script without this line: arrays'],
    ['#SBATCH --time=2', 'more than the 120 s before the end'],
    ['#SBATCH -t 01:59', 'more than the 120 s before the end'],
    ['#SBATCH --time=1-1:00:00 --signal=B:USR2@90000', 'more than the 90000 s before the end'],
  ])('refuses %s', async (line, message) => {
    await expect(script(line)).rejects.toThrow(message);
  });

  it('refuses what is no script, or not there', async () => {
    await expect(jobScript(folder, fileIn(folder, 'text', 'hello'))).rejects.toThrow('in its first line');
    await expect(jobScript(folder, join(folder, 'nowhere'))).rejects.toThrow('got "no such file"');
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('requeues one task of an array, never the whole array', () => {
    const text = '#!/bin/bash';
    const task = taskScript({ text }, { words: ['sweep', 'a b.json'], offset: 1000, alone: false });
    expect(task).toContain('scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"');
    expect(task).toContain(`sweep 'a b.json' --run $((SLURM_ARRAY_TASK_ID + 1000)) &\n`);
    expect(taskScript({ text }, { words: [], offset: 0, alone: true })).toContain('scontrol requeue "$SLURM_JOB_ID"');
  });
});

it('a job says by its name which folder, stage and part of an array it is', () => {
  for (const stage of ['runs', 'tuning-sft']) {
    for (const offset of [0, 1001]) {
      expect(placeOfJob(jobName({ stage, offset }, folder), folder)).toEqual({ stage, offset });
      expect(placeOfJob(jobName({ stage, offset }, folder), `${folder}2`)).toBeUndefined();
    }
  }
});

it('numbers are joined as Slurm takes them, and words are left out with their values', () => {
  expect(ranges([7, 8, 9, 50])).toBe('7-9,50');
  const left = { flags: ['json'], valued: ['workers'], optional: ['submit'] };
  const words = [
    'a',
    '--submit',
    'JOB.sh',
    '--json',
    '--workers',
    '2',
    '--out',
    'x',
    '--submit=b',
    '--workers=3',
    '--submit',
    '--y',
  ];
  expect(withoutOptions(words, left)).toEqual(['a', '--out', 'x', '--y']);
});
