import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { mendCluster, reportOf } from './slurm-care.js';

/** What Debian's packages slurmctld, slurmd, slurm-client and munge bring, and root to start it. */
const programs = ['slurmctld', 'slurmd', 'sbatch', 'munged', 'unshare'];

/** How a node gets process numbers of its own, so that a power cut takes all that it runs. */
const ownProcesses = ['--pid', '--fork', '--kill-child', '--mount-proc'];

/**
 * Whether the cluster cannot be started here. What can be installed may not lack in CI, where tests then fail by what they
 * do not find; a machine that gives nobody process numbers of their own is no cluster anywhere.
 */
export function lacksSlurm(): boolean {
  const lacking = programs.some((program) => spawnSync('which', [program]).status !== 0) || process.getuid?.() !== 0;
  if (lacking) return process.env.CI === undefined;
  return spawnSync('unshare', [...ownProcesses, 'true']).status !== 0;
}

/** Runs one of Slurm's commands and gives what it printed. */
export type SlurmCommand = (name: string, ...words: string[]) => string;

/** A cluster of one-core nodes on this machine: jobs of the partition urgent pre-empt those of main. */
export interface SlurmCluster {
  /** What its commands find it by. */
  readonly environment: Readonly<Record<string, string>>;
  readonly command: SlurmCommand;
  /** Takes a node away with all it runs, as a power cut does. */
  cutPower(node: string): void;
  /** Starts a node again that was taken away and marked down. */
  restart(node: string): Promise<void>;
  /** Stops the daemon of a node, as where its network fails: its tasks go on. */
  cutOff(node: string): void;
  /** Does what those who run a cluster would for what would stand still or wait for minutes. */
  mend(): void;
  /** All that says what stands still, and why. */
  report(): string;
  stop(): void;
}

const nodes = ['n1', 'n2', 'n3'];

/** The most milliseconds that the daemons may need to start, on a very busy machine. */
const longestStart = 180_000;

/**
 * Starts a cluster of three nodes in a folder, which shares nothing with another cluster of this machine. Each node has
 * process numbers of its own, so that killing its first process takes all others with it. The caller stops it.
 * @param arraySize MaxArraySize
 */
export async function startSlurm(folder: string, arraySize: number): Promise<SlurmCluster> {
  for (const name of ['state', 'log', ...nodes.map((node) => `spool-${node}`)]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const [port, ...nodePorts] = await freePorts(1 + nodes.length);
  const host = hostname().split('.')[0];
  const conf = join(folder, 'slurm.conf');
  // No time of Slurm's own ends anything here, however busy the machine. What a task's shell leaves behind is killed with
  // it (pgid), as the control groups of other clusters do.
  writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
MessageTimeout=60
BatchStartTimeout=600
SlurmdTimeout=600
KillWait=120
UnkillableStepTimeout=600
MaxArraySize=${arraySize}
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=2
StateSaveLocation=${folder}/state
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdSpoolDir=${folder}/spool-%n
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmdLogFile=${folder}/log/slurmd-%n.log
${nodes.map((node, i) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodePorts[i]} CPUs=1`).join('\n')}
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=main Nodes=ALL Default=YES State=UP PriorityTier=1
PartitionName=urgent Nodes=ALL State=UP PriorityTier=2 PreemptMode=OFF
`,
  );
  const env = { ...process.env, SLURM_CONF: conf };
  const munge = startMunge(folder);
  const controller = spawn('slurmctld', ['-D'], { env, stdio: 'ignore' });
  const machines = new Map<string, ChildProcess>();
  /** Nodes that have no power, or no network. */
  const lost = new Set<string>();
  const start = (node: string): void => {
    const log = openSync(join(folder, 'log', `${node}.out`), 'a');
    // The first process of a node takes those that lose their parent, as init does; slurmd would leave them as zombies.
    const words = [...ownProcesses, 'bash', '-c', `slurmd -D -N ${node} & wait`];
    machines.set(node, spawn('unshare', words, { env, stdio: ['ignore', log, log] }));
    lost.delete(node);
  };
  const command: SlurmCommand = (name, ...words) =>
    execFileSync(name, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const report = (): string => reportOf(command, join(folder, 'log'));
  const inService = async (): Promise<void> => {
    const began = Date.now();
    const wanted = nodes.length - lost.size;
    for (;;) {
      const found = spawnSync('sinfo', ['-h', '-p', 'main', '-t', 'idle,mix,alloc', '-o', '%D'], { env }).stdout;
      const count = found
        .toString()
        .split('\n')
        .reduce((sum, line) => sum + Number(line), 0);
      if (count >= wanted) return;
      if (controller.exitCode !== null || Date.now() - began > longestStart) {
        throw new Error(`the nodes did not start: ${report()}`);
      }
      await wait(100);
    }
  };
  const stop = (): void => {
    for (const machine of machines.values()) killAll(machine.pid);
    controller.kill('SIGKILL');
    munge.kill('SIGKILL');
  };
  try {
    nodes.forEach(start);
    await inService();
  } catch (error) {
    stop();
    throw error;
  }
  return {
    environment: { SLURM_CONF: conf },
    command,
    cutPower: (node) => {
      machines.get(node)?.kill('SIGKILL');
      lost.add(node);
    },
    restart: async (node) => {
      start(node);
      await inService();
    },
    cutOff: (node) => {
      // The daemon is the child of the node's first process, which is that of the process that gave it its numbers.
      const daemons = childrenOf(machines.get(node)?.pid ?? 0).flatMap(childrenOf);
      for (const daemon of daemons) process.kill(daemon, 'SIGSTOP');
      lost.add(node);
    },
    mend: () => {
      mendCluster(command, lost);
    },
    report,
    stop,
  };
}

/** Kills a node's first process; the kernel takes the others. */
function killAll(pid: number | undefined): void {
  for (const child of pid === undefined ? [] : [...childrenOf(pid), pid]) {
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

/** Starts a munged of the cluster's own, which signs what Slurm's parts say to each other. */
function startMunge(folder: string): ChildProcess {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('munge.key'), randomBytes(128), { mode: 0o400 });
  const files = { socket: 'munge.socket', 'key-file': 'munge.key', 'pid-file': 'munge.pid', 'seed-file': 'munge.seed' };
  const words = Object.entries({ ...files, 'log-file': 'log/munged.log' }).map(
    ([name, file]) => `--${name}=${at(file)}`,
  );
  // Forced, because others may not look into the folder.
  return spawn('munged', ['--foreground', '--force', ...words], { stdio: 'ignore' });
}

/** Free ports below those that the kernel gives to whoever asks for any. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => {
        resolve(false);
      });
      server.listen(port, '127.0.0.1', () => {
        resolve(true);
      });
    });
    if (!free) continue;
    ports.add(port);
    await new Promise((resolve) => server.close(resolve));
  }
  return [...ports];
}
