import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { program } from '../cli/command.js';
import { startLlm } from '../llm/command.js';
import { stepsWritten } from '../llm/toy.js';
import { temporaryFolder } from '../temporary-folder.js';
import { contents, slowExperiment, stepsBeforeStop } from './slow-experiment.js';

vi.setConfig({ testTimeout: 1_200_000 });

const sshd = '/usr/sbin/sshd';
/** Debian's packages openssh-server, openssh-client and parallel; in CI none may lack. */
const lacking =
  process.env.CI === undefined &&
  (process.getuid?.() !== 0 || [sshd, 'ssh', 'parallel'].some((name) => spawnSync('which', [name]).status !== 0));

it.skipIf(lacking)('GNU parallel over ssh makes an experiment run by run, again where one was killed', async () => {
  const folder = temporaryFolder();
  const { setPace, words } = await slowExperiment(folder, [0.5]);
  const [out, local] = [join(folder, 'shared'), join(folder, 'local')];
  const whole = await startLlm(words(local, '--workers', '2')).ended;
  expect(whole.code, whole.stderr).toBe(0);

  const { config, stop } = await startSshd(folder);
  try {
    const runs = (...numbers: string[]) => {
      const log = join(folder, `${numbers[0]}.log`);
      const shared = ['--will-cite', '--ssh', `ssh -F ${config}`, '-S', '2/machine', '--retries', '3', '--joblog', log];
      const command = [process.execPath, program, 'llm', ...words(out, '--run', '{}')];
      const child = spawn('parallel', [...shared, ...command, ':::', ...numbers], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (data: Buffer) => (said += data.toString()));
      const ended = new Promise<string>((resolve) =>
        child.on('close', (code) => {
          resolve(code === 0 ? '' : said);
        }),
      );
      return { ended, log };
    };
    expect(await runs('1', '2').ended).toBe('');
    expect(await runs('3', '4', '5', '6').ended).toBe('');
    for (const run of [8, 10]) setPace(run, 'stopped');
    const { ended, log } = runs('7', '8', '9', '10');
    const slow = join(out, 'runs/sft-dpo/slowly-0.5-60-seed0');
    while (stepsWritten(slow) < stepsBeforeStop) await wait(100);
    for (const pid of processesWith(out, '8')) process.kill(pid, 'SIGKILL');
    for (const run of [8, 10]) setPace(run, 'usual');
    expect(await ended).toBe('');
    const rows = readFileSync(log, 'utf8').trim().split('\n').slice(1);
    expect(rows.map((row) => row.split('\t')[6])).toEqual(['0', '0', '0', '0']);
  } finally {
    stop();
  }
  const { code } = await startLlm(words(out, '--workers', '2')).ended;
  expect(code).toBe(0);
  expect([...contents(out)]).toEqual([...contents(local)]);
});

/** The processes that make a run of an experiment. */
function processesWith(out: string, run: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0] === process.execPath && words.includes(out) && words[words.indexOf('--run') + 1] === run;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Starts an sshd on the loopback for this user alone, and gives the configuration with which ssh reaches it. */
async function startSshd(folder: string): Promise<{ readonly config: string; readonly stop: () => void }> {
  const at = (name: string): string => join(folder, name);
  for (const key of ['host-key', 'user-key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
  }
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  mkdirSync('/run/sshd', { recursive: true });
  writeFileSync(
    at('sshd_config'),
    [
      ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${at('host-key')}`, `PidFile ${at('sshd.pid')}`],
      ...[`AuthorizedKeysFile ${at('user-key.pub')}`, 'StrictModes no', 'UsePAM no', 'PermitRootLogin yes', ''],
    ].join('\n'),
  );
  writeFileSync(
    at('ssh_config'),
    [
      ...['Host machine', '  HostName 127.0.0.1', `  Port ${port}`, `  User ${userInfo().username}`],
      ...[`  IdentityFile ${at('user-key')}`, '  StrictHostKeyChecking no', '  UserKnownHostsFile /dev/null', ''],
    ].join('\n'),
  );
  const daemon = spawn(sshd, ['-D', '-f', at('sshd_config')], { stdio: 'ignore' });
  const stop = (): void => {
    daemon.kill();
  };
  for (let tries = 0; spawnSync('ssh', ['-F', at('ssh_config'), 'machine', 'true']).status !== 0; tries++) {
    if (tries === 50) {
      stop();
      throw new Error('sshd does not answer');
    }
    await wait(100);
  }
  return { config: at('ssh_config'), stop };
}
