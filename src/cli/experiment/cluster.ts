import { InputError } from '../../base/input-error.js';
import { lazyProgress } from '../../base/progress.js';
import type { Backend, BackendName } from '../../engine/names.js';
import type { RunEnd } from '../../llm/train/run.js';
import type { OneRunOptions, Planned } from '../../study/make-runs.js';
import type { Preset } from '../../study/preset/preset.js';
import type { ExperimentSettings } from '../../study/settings.js';
import { announce } from '../options/backend.js';
import { askedOf, printStatus, requiredScript, submitWork } from '../options/cluster.js';
import type { ExperimentOptions } from '../options/experiment.js';
import { withLocalInputs } from '../options/hub.js';
import { givenFiles, syntheticFiles, withPresetFiles, workersOf } from './settings.js';

/** The backend of an experiment, opened where it is needed. */
interface ExperimentBackend {
  readonly backend: () => Promise<Backend['name']>;
  readonly open: () => Promise<Backend>;
  readonly close: () => void;
}

/**
 * The backend that an experiment's runs compute on: the one asked for, or else the one that its folder was begun with. It
 * is not opened for a submission that names one: the GPU may be on other machines.
 */
function experimentBackend(
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
async function requireSubmission({ submit: path, backend }: ExperimentOptions, out: string): Promise<void> {
  const { asksForGpus } = await import('../../cluster/job-script.js');
  const script = await requiredScript(out, path);
  if (backend === 'auto' && asksForGpus(script)) {
    throw new InputError('backend', backend, `--backend webgpu or wasm, because ${script.path} asks for GPUs`);
  }
}

/** An experiment on language models as its command line goes through it, whatever it compares. */
export interface SharedExperiment<Settings extends ExperimentSettings> {
  /** All but its files and its backend. */
  readonly planned: Omit<Settings, 'files' | 'backend'>;
  /** The seeds of synthetic data. */
  readonly seeds: readonly number[];
  /** The file of its folder that is written last. */
  readonly summary: string;
  /** Its runs, before anything is read. */
  readonly read: () => Promise<{ readonly runs: readonly Planned[]; readonly backend?: string }>;
  /** Takes the folder, and gives the runs. */
  readonly claim: (settings: Settings) => Promise<{ readonly runs: readonly Planned[] }>;
  /** Makes one run in this thread. */
  readonly makeOne: (settings: Settings, number: number, options: OneRunOptions) => Promise<RunEnd>;
  /** Makes every run that is not made yet, and what is told of them. */
  readonly makeAll: (settings: Settings, workers: number) => Promise<void>;
}

/** Does what is asked of an experiment: all of it, one run, a submission to Slurm, or to say how far it is. */
export async function shareExperiment<Settings extends ExperimentSettings>(
  { planned, seeds, summary, ...experiment }: SharedExperiment<Settings>,
  { preset, out, options }: { readonly preset: Preset; readonly out: string; readonly options: ExperimentOptions },
): Promise<void> {
  const { experimentWork } = await import('../../study/work.js');
  const asked = askedOf(options);
  const plan = await experiment.read();
  if (asked === 'status') {
    await printStatus(experimentWork(out, plan.runs, summary), options.json);
    return;
  }
  if (asked === 'submit') await requireSubmission(options, out);
  // Before a model is trained or fetched for it.
  if (asked === 'run' && !plan.runs.some((planned) => planned.number === options.run)) {
    throw new InputError('run', options.run, `a number from 1 to ${plan.runs.length}`);
  }
  const given = await withLocalInputs(withPresetFiles(preset, options));
  const { backend, open, close } = experimentBackend(options, plan.backend, asked);
  try {
    const { conflict } = planned;
    const files = givenFiles(given) ?? (await syntheticFiles(options, { conflict, seeds, backend: await open() }));
    const settings = { ...planned, files, backend: await backend() } as unknown as Settings;
    if (asked === 'submit') {
      const { runs } = await experiment.claim(settings);
      await submitWork(experimentWork(out, runs, summary), options);
      return;
    }
    announce(await open());
    const { run: number, cache } = options;
    if (number !== undefined) {
      await makeOneRun(number, { out, cache }, (more) => experiment.makeOne(settings, number, more));
      return;
    }
    await experiment.makeAll(settings, workersOf(options.workers, settings.backend));
  } finally {
    close();
  }
}

/**
 * Makes one run of an experiment; told to end, it finishes its step, saves and says so: exit code 130. Ctrl-C a second time
 * ends it at once; a machine may say SIGTERM more than once before it takes a process away.
 */
async function makeOneRun(
  number: number,
  place: { readonly out: string; readonly cache: string },
  make: (options: OneRunOptions) => Promise<RunEnd>,
): Promise<void> {
  const { keepLog } = await import('../../cluster/keep-log.js');
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
  };
  process.once('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const bar = lazyProgress(`run ${number}`);
  try {
    const end = await keepLog(place.out, number, () =>
      make({ ...place, signal: interruption.signal, onProgress: bar.update }),
    );
    bar.stop();
    if ('finished' in end) process.stdout.write(`run ${number}: ${end.finished.steps.length} steps\n`);
    else {
      process.stdout.write(`run ${number}: saved after step ${end.interruptedAfter}, to be gone on with\n`);
      process.exitCode = 130;
    }
  } finally {
    bar.stop();
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, interrupt);
  }
}
