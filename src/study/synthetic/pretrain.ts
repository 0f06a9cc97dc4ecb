import { inThread, type ThreadRefusal, type ThreadTask } from '../../base/thread-pool.js';
import { openBackend } from '../../engine/backend.js';
import type { Backend } from '../../engine/names.js';
import { readPreferences } from '../../llm/data/preferences.js';
import { readSft } from '../../llm/data/sft.js';
import { writeModel } from '../../llm/model/folder.js';
import { loadModel } from '../../llm/model/load.js';
import { openRunFolder } from '../../llm/results/run-folder.js';
import { runTraining } from '../../llm/train/run.js';
import { schedules } from '../../schedule/index.js';
import { pretraining } from './pretraining.js';

/** What to pre-train; plain data, so that a worker can take it. */
export interface PretrainingTask {
  /** The folder of the random model. */
  readonly start: string;
  /** The language at large. */
  readonly language: string;
  /** They play no part but in the run's last evaluation. */
  readonly preferences: string;
  /** The folder it fills. */
  readonly folder: string;
  readonly seed: number;
}

/**
 * Trains every weight of a model on the language at large, on the backend that is open; killed on the way, it goes on from
 * its last checkpoint. Throws an InputError as runs do.
 */
export async function pretrain(
  { start, language, preferences, folder: path, seed }: PretrainingTask,
  onStep?: (step: number, steps: number) => void,
): Promise<void> {
  const { model, tokenizer } = await loadModel({ model: start, fullFineTuning: true });
  try {
    const preparation = { maximumLength: pretraining.contextLength };
    const sft = await readSft(language, tokenizer, preparation);
    const pairs = await readPreferences(preferences, tokenizer, preparation);
    const folder = await openRunFolder(path, { settings: { ...pretraining, seed }, resume: true });
    await runTraining({
      model,
      data: {
        sft: sft.examples,
        preferences: pairs.examples.slice(0, 1).map((pair) => ({ pair, reference: { chosen: 0, rejected: 0 } })),
      },
      schedule: schedules.sft,
      scheduleSettings: { lambda: 0, steps: pretraining.steps },
      sftBatch: pretraining.batch,
      preferenceBatch: 1,
      learningRate: { learningRate: pretraining.learningRate, decay: 'cosine' },
      dpo: { beta: 0.1 },
      seed,
      folder,
      save: (to) => writeModel(to, model, { model: start }),
      ...(onStep && { onStep }),
    });
  } finally {
    model.dispose();
  }
}

let opened: Promise<Backend> | undefined;

/** A task of a worker, and the backend that it computes on. */
export interface PretrainingInThread extends PretrainingTask {
  readonly backend: Backend['name'];
  readonly threads: number;
}

/** The same in a worker thread, which tells every step through the port; what it refuses is its answer. */
export default function pretrainInWorker({
  task,
  port,
}: ThreadTask<PretrainingInThread>): Promise<ThreadRefusal | undefined> {
  return inThread(port, async () => {
    await (opened ??= openBackend(task.backend, { threads: task.threads }));
    await pretrain(task, (step) => {
      port.postMessage(step);
    });
  });
}
