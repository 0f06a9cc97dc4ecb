/**
 * Trains both models of the language-model page under the settings that it begins with, and keeps what they say for the
 * story, which shows it before anybody trains them anew. Usage: npx tsx site/build/recorded-session.ts
 */
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../../src/base/whole-file.js';
import { openBackend } from '../../src/engine/backend.js';
import type { RecordedSession } from '../language-model/recorded.js';
import { prepare } from '../language-model/session.js';
import { defaults } from '../language-model/settings.js';
import { train } from '../language-model/train.js';

const settings = { ...defaults, backend: 'wasm' as const };
await openBackend(settings.backend, { threads: 1 });
const prepared = await prepare(settings, () => Promise.resolve());
const { instruction: prompt, plain, lively } = prepared.question;
const sides: RecordedSession['sides'] = [
  { losses: [], steps: [], answers: [] },
  { losses: [], steps: [], answers: [] },
];
await train(
  settings,
  prepared,
  (message) => {
    if (message.kind === 'losses') {
      const { step, sft, dpo, accuracy } = message;
      sides[message.side].losses.push({ step, sft: rounded(sft), dpo: rounded(dpo), accuracy: rounded(accuracy) });
    } else if (message.kind === 'answer') {
      const { step, text, plain: likelyPlain, lively: likelyLively } = message;
      sides[message.side].answers.push({ step, text, plain: rounded(likelyPlain), lively: rounded(likelyLively) });
    } else if (message.kind === 'step') {
      sides[message.side].steps.push({ step: message.step, choice: message.choice });
    }
  },
  () => Promise.resolve(),
);
const session: RecordedSession = { settings: defaults, question: { prompt, plain, lively }, sides };
const file = fileURLToPath(new URL('../story/recorded-session.json', import.meta.url));
await writeWhole(file, `${JSON.stringify(session)}\n`);

/** The digits on which all backends agree. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
