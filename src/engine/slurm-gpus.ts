import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/input-error.js';

/**
 * Makes sure that the GPU this process will take is one that Slurm gave its job: Vulkan lists every GPU that can be opened,
 * and two tasks of one node would take the same.
 * @param devices the folder of device files
 * @throws InputError where more GPUs can be opened than Slurm gave
 */
export function requireOwnGpu(environment: Readonly<NodeJS.ProcessEnv> = process.env, devices = '/dev'): void {
  const given = environment.SLURM_STEP_GPUS ?? environment.SLURM_JOB_GPUS;
  if (environment.SLURM_JOB_ID === undefined || given === undefined) return;
  const count = given.split(',').length;
  const open = readdirSync(devices).filter((name) => /^nvidia\d+$/.test(name) && opens(join(devices, name)));
  if (open.length <= count) return;
  const hidden = 'a cluster that hides the others (ConstrainDevices=yes in cgroup.conf), or all GPUs of a node';
  throw new InputError('SLURM_JOB_GPUS', `${given}, where ${open.join(', ')} can be opened`, hidden);
}

function opens(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch {
    return false;
  }
}
