import { availableParallelism } from 'node:os';

/**
 * The cores that this process may use: those that Slurm gave the task, and outside of Slurm all of the machine. A task of
 * Slurm's sees the whole machine unless the cluster binds it to its cores.
 */
export function cores(environment: Readonly<NodeJS.ProcessEnv> = process.env): number {
  const { SLURM_CPUS_PER_TASK, SLURM_CPUS_ON_NODE } = environment;
  const given = Number(SLURM_CPUS_PER_TASK ?? SLURM_CPUS_ON_NODE);
  return Number.isInteger(given) && given >= 1 ? given : availableParallelism();
}
