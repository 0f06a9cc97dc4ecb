import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { openBackend } from '../../src/engine/backend.js';
import { nextTurn } from '../../src/base/next-turn.js';
import type { FromWorker, ToWorker } from './protocol.js';
import { prepareOwn } from './own-model.js';
import { prepare, type PreparedSession } from './session.js';
import { train } from './train.js';
import type { SessionSettings } from './settings.js';

setWasmPaths({
  'tfjs-backend-wasm.wasm': new URL(plain, import.meta.url).href,
  'tfjs-backend-wasm-simd.wasm': new URL(simd, import.meta.url).href,
  'tfjs-backend-wasm-threaded-simd.wasm': new URL(threaded, import.meta.url).href,
});

let going: Promise<void> = Promise.resolve();
let go: (() => void) | undefined;

self.onmessage = ({ data }: MessageEvent<ToWorker>): void => {
  if (data.kind === 'start') {
    run(data.settings, data.files).catch((error: unknown) => {
      tell({ kind: 'failed', message: (error as Error).message });
    });
  } else if (data.kind === 'pause') {
    going = new Promise((resolve) => (go = resolve));
  } else {
    go?.();
    go = undefined;
  }
};

function tell(message: FromWorker): void {
  self.postMessage(message);
}

/** Lets messages through, and waits while the page has paused. */
async function turn(): Promise<void> {
  await nextTurn();
  if (go !== undefined) tell({ kind: 'paused' });
  await going;
}

async function run(settings: SessionSettings, files: readonly File[] | undefined): Promise<void> {
  const prepared = files === undefined ? await pretrained(settings) : await prepareOwn(settings, files);
  const { description } = await openBackend(settings.backend);
  tell({ kind: 'backend', description });
  await train(settings, prepared, tell, turn);
  tell({ kind: 'done' });
}

async function pretrained(settings: SessionSettings): Promise<PreparedSession> {
  // Pre-training is the same wherever the session computes, and quickest without a software adapter.
  await openBackend('wasm');
  const { pretrainingSteps: steps } = settings;
  return prepare(settings, async (step, loss) => {
    tell({ kind: 'pretraining', step, steps, loss });
    await turn();
  });
}
