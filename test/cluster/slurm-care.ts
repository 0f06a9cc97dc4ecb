import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SlurmCommand } from './slurm-cluster.js';

/** Milliseconds from which on a task's wait is cut short. */
const longWait = 5_000;

/** Runs a command that may come too late for what it is about: that has changed then, and is looked at again. */
function attempt(command: SlurmCommand, ...words: string[]): void {
  try {
    command('scontrol', ...words);
  } catch {
    // A task that has started since, say.
  }
}

/** The fields of what `scontrol --oneliner show` prints: a record for each line. */
function records(command: SlurmCommand, what: string): Map<string, string>[] {
  const lines = command('scontrol', '--oneliner', 'show', what).split('\n');
  return lines.map((line) => new Map([...line.matchAll(/(\w+)=(\S*)/g)].map(([, name, value]) => [name, value])));
}

/**
 * Releases tasks that Slurm holds after a failed launch, takes nodes that it gave up back into service, and lets tasks
 * start that were taken from a node and would wait two minutes.
 * @param lost nodes that are not to come back
 */
export function mendCluster(command: SlurmCommand, lost: ReadonlySet<string>): void {
  for (const job of records(command, 'job')) {
    if (job.get('JobState') !== 'PENDING') continue;
    const index = job.get('ArrayTaskId');
    const id = index === undefined ? job.get('JobId') : `${job.get('ArrayJobId')}_${index}`;
    if (/held/i.test(job.get('Reason') ?? '')) attempt(command, 'release', `${id}`);
    // In two seconds: a node refuses a task that it was told to end within the same second ("Job credential revoked"), and
    // the task has failed then.
    else if (Date.parse(job.get('EligibleTime') ?? '') - Date.now() > longWait)
      attempt(command, 'update', `jobid=${id}`, 'StartTime=now+2');
  }
  for (const node of records(command, 'node')) {
    const name = node.get('NodeName') ?? '';
    if (/DRAIN|DOWN/.test(node.get('State') ?? '') && !lost.has(name))
      attempt(command, 'update', `nodename=${name}`, 'state=resume');
  }
}

/** What Slurm says of its jobs and nodes, and the last lines of its logs. */
export function reportOf(command: SlurmCommand, logs: string): string {
  const said = (name: string, ...words: string[]): string => {
    try {
      return `${name} ${words.join(' ')}\n${command(name, ...words)}`;
    } catch (error) {
      return `${name} ${words.join(' ')}: ${String(error)}`;
    }
  };
  const lastLines = readdirSync(logs).map((name) => {
    const lines = readFileSync(join(logs, name), 'utf8').trimEnd().split('\n');
    return `${name}\n${lines.slice(name === 'slurmctld.log' ? -100 : -20).join('\n')}\n`;
  });
  return [
    said('squeue', '-r', '-o', '%i %j %T %r %N %M'),
    said('sinfo', '-N', '-l'),
    said('scontrol', '--oneliner', 'show', 'job'),
    said('scontrol', '--oneliner', 'show', 'node'),
    ...lastLines,
  ].join('\n');
}
