import { Option, type Command } from 'commander';
import type { Backend } from '../../engine/names.js';
import { backendNames, type BackendName } from '../../engine/names.js';
import { integerOption } from '../arguments.js';

/** The options of every command that computes with tensors. */
export interface BackendCommandOptions {
  readonly backend: BackendName;
  readonly threads?: number;
}

/** Adds the options of every command that computes with tensors. */
export function withBackendOptions(command: Command): Command {
  return command
    .addOption(new Option('--backend <name>', 'tensor backend').choices(backendNames).default('auto'))
    .addOption(
      new Option('--threads <n>', 'threads of the wasm backend (default: one for each core)')
        .env('FORGETTING_THREADS')
        .argParser(integerOption('threads', 1)),
    );
}

/** Opens the backend that the options ask for. */
export async function openCommandBackend({ backend, threads }: BackendCommandOptions): Promise<Backend> {
  const { openBackend } = await import('../../engine/backend.js');
  return openBackend(backend, threads === undefined ? {} : { threads });
}

/** Says so where an adapter belongs to another model than the one that it is given with. */
export async function announceOtherBase(model: string, ...adapters: readonly (string | undefined)[]): Promise<void> {
  const { otherBase } = await import('../../llm/train/adapter-base.js');
  for (const adapter of adapters) {
    const line = adapter === undefined ? undefined : await otherBase(model, adapter);
    if (line !== undefined) process.stderr.write(`${line}\n`);
  }
}

/** The first line of a run, once its files have been read without complaint: which backend and adapter it computes on. */
export function announce({ description }: Backend): void {
  process.stderr.write(`${description}\n`);
}
