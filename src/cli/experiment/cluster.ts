import { InputError } from '../../base/input-error.js';
import { lazyProgress } from '../../base/progress.js';
import type { Backend, BackendName } from '../../engine/names.js';
import type { ExperimentSettings } from '../../study/settings.js';
import type { ExperimentOptions } from '../options/experiment.js';

/** The backend of an experiment, opened where it is needed. */
export interface ExperimentBackend {
  readonly backend: () => Promise<Backend['name']>;
  readonly open: () => Promise<Backend>;
  readonly close: () => void;
}

/**
 * The backend that an experiment's runs compute on: the one asked for, or else the one that its folder was begun with. It
 * is not opened for a submission that names one: the GPU may be on other machines.
 */
export function experimentBackend(
  { backend: asked }: ExperimentOptions,
  begun: string | undefined,
  what: 'submit' | 'run' | 'status' | 'all',
): ExperimentBackend {
  const name = asked === 'auto' && begun !== undefined ? (begun as BackendName) : asked;
  let opening: Promise<Backend> | undefined;
  let opened: Backend | undefined;
  const open = async (): Promise<Backend> => {
    const { openBackend } = await import('../../engine/backend.js');
    return (opened = await (opening ??= openBackend(name)));
  };
  return {
    backend: async () => (what === 'submit' && name !== 'auto' ? name : (await open()).name),
    open,
    close: () => opened?.close(),
  };
}

/** Refuses a submission that cannot work before anything is made for it. */
export async function requireSubmission({ submit: path, backend }: ExperimentOptions, out: string): Promise<void> {
  const { jobScript, asksForGpus } = await import('../../cluster/job-script.js');
  const { requireSlurm } = await import('../../cluster/slurm.js');
  await requireSlurm();
  const script = await jobScript(out, path === true ? undefined : path);
  if (backend === 'auto' && asksForGpus(script)) {
    throw new InputError('backend', backend, `--backend webgpu (or wasm) beside ${script.path}, which asks for GPUs`);
  }
}

/** What a machine sends before it takes a process away, and Ctrl-C. */
const interruptions = ['SIGINT', 'SIGTERM'] as const;

/** Makes one run of an experiment; told to end, it finishes its step, saves and says so: exit code 130. */
export async function makeOneRun(
  settings: ExperimentSettings,
  number: number,
  place: { readonly out: string; readonly cache: string },
): Promise<void> {
  const { runOne } = await import('../../study/execute.js');
  const { keepLog } = await import('../../cluster/keep-log.js');
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
  };
  for (const signal of interruptions) process.once(signal, interrupt);
  const bar = lazyProgress(`run ${number}`);
  try {
    const end = await keepLog(place.out, number, () =>
      runOne(settings, number, { ...place, signal: interruption.signal, onProgress: bar.update }),
    );
    bar.stop();
    if ('finished' in end) process.stdout.write(`run ${number}: ${end.finished.steps.length} steps\n`);
    else {
      process.stdout.write(`run ${number}: saved after step ${end.interruptedAfter}, to be gone on with\n`);
      process.exitCode = 130;
    }
  } finally {
    bar.stop();
    for (const signal of interruptions) process.removeListener(signal, interrupt);
  }
}
