import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cores } from '../../src/base/cores.js';
import { requireOwnGpu } from '../../src/engine/slurm-gpus.js';
import { temporaryFolder } from '../temporary-folder.js';

it('threads follow the cores that Slurm gives a task', () => {
  expect(cores({ SLURM_CPUS_PER_TASK: '3', SLURM_CPUS_ON_NODE: '64' })).toBe(3);
  expect(cores({ SLURM_CPUS_ON_NODE: '5' })).toBe(5);
  expect(cores({})).toBeGreaterThanOrEqual(1);
  expect(cores({ SLURM_CPUS_PER_TASK: 'many' })).toBe(cores({}));
});

it('a task of Slurm refuses a GPU that may be another task’s', () => {
  const devices = temporaryFolder();
  for (const name of ['nvidia0', 'nvidia1', 'nvidiactl']) writeFileSync(join(devices, name), '');
  const job = { SLURM_JOB_ID: '7' };
  const require = (environment: NodeJS.ProcessEnv) => () => {
    requireOwnGpu(environment, devices);
  };
  expect(require({ ...job, SLURM_JOB_GPUS: '1' })).toThrow(
    'SLURM_JOB_GPUS: got "1, where nvidia0, nvidia1 can be opened", expected a cluster that hides the others',
  );
  expect(require({ ...job, SLURM_JOB_GPUS: '0,1' })).not.toThrow();
  expect(require(job)).not.toThrow();
  expect(require({ SLURM_JOB_GPUS: '1' })).not.toThrow();
});
