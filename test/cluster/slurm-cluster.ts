import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

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

/** A cluster of one-core nodes on this machine: jobs of the partition urgent pre-empt those of main. */
export interface SlurmCluster {
  /** What its commands find it by. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs one of Slurm's commands and gives what it printed. */
  command(name: string, ...words: string[]): string;
  /** Takes a node away with all it runs, as a power cut does. */
  cutPower(node: string): void;
  /** Starts a node again that was taken away. */
  restart(node: string): Promise<void>;
  /** Stops the daemon of a node, as where its network fails: its tasks go on. */
  cutOff(node: string): void;
  stop(): void;
}

const nodes = ['n1', 'n2', 'n3'];

/**
 * Starts a cluster of three nodes in a folder. Each has process numbers of its own, so that killing its first process
 * takes all others with it. The caller stops it.
 * @param arraySize MaxArraySize
 */
export async function startSlurm(folder: string, arraySize: number): Promise<SlurmCluster> {
  for (const name of ['state', 'log', ...nodes.map((node) => `spool-${node}`)]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const [port, ...nodePorts] = await freePorts(1 + nodes.length);
  const host = hostname().split('.')[0];
  const conf = join(folder, 'slurm.conf');
  writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=300
KillWait=10
MaxArraySize=${arraySize}
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
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
  const munge = startMunge();
  const controller = spawn('slurmctld', ['-D'], { env, stdio: 'ignore' });
  const machines = new Map<string, ChildProcess>();
  const start = (node: string): void => {
    const log = openSync(join(folder, 'log', `${node}.out`), 'a');
    const words = [...ownProcesses, 'slurmd', '-D', '-N', node];
    machines.set(node, spawn('unshare', words, { env, stdio: ['ignore', log, log] }));
  };
  const command = (name: string, ...words: string[]): string =>
    execFileSync(name, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const idle = async (count: number): Promise<void> => {
    for (let tries = 0; ; tries++) {
      const found = spawnSync('sinfo', ['-h', '-t', 'idle,mix,alloc', '-o', '%D'], { env, encoding: 'utf8' }).stdout;
      if (found.split('\n').reduce((sum, line) => sum + Number(line), 0) >= count) return;
      if (tries === 100) throw new Error(`the nodes did not start: ${command('sinfo')}`);
      await wait(100);
    }
  };
  const stop = (): void => {
    for (const machine of machines.values()) killAll(machine.pid);
    controller.kill('SIGKILL');
    munge?.kill('SIGKILL');
  };
  try {
    nodes.forEach(start);
    await idle(nodes.length);
  } catch (error) {
    stop();
    throw error;
  }
  return {
    environment: { SLURM_CONF: conf },
    command,
    cutPower: (node) => machines.get(node)?.kill('SIGKILL'),
    restart: async (node) => {
      start(node);
      command('scontrol', 'update', `nodename=${node}`, 'state=resume');
      await idle(2);
    },
    cutOff: (node) => {
      // The daemon is the child of the process that gave it its numbers.
      for (const child of childrenOf(machines.get(node)?.pid ?? 0)) process.kill(child, 'SIGSTOP');
    },
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

/** Starts munged, which signs what Slurm's parts say to each other, unless one runs here. */
function startMunge(): ChildProcess | undefined {
  if (spawnSync('munge', ['-n']).status === 0) return undefined;
  execFileSync('install', ['-d', '-o', 'munge', '-g', 'munge', '-m', '0755', '/run/munge']);
  for (const name of readdirSync('/run/munge')) execFileSync('rm', ['-f', join('/run/munge', name)]);
  const identity = ['--reuid=munge', '--regid=munge', '--clear-groups'];
  const started = spawn('setpriv', [...identity, '/usr/sbin/munged', '-F'], { stdio: 'ignore' });
  return started;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
