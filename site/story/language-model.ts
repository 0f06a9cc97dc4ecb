import type { AskedQuestion, FromWorker } from '../language-model/protocol.js';
import { repliesHtml } from '../language-model/replies.js';
import type { Side, TakenStep } from '../language-model/plots.js';
import { recorded } from '../language-model/recorded.js';
import { defaults } from '../language-model/settings.js';
import { looks } from '../../src/figure/theme.js';
import { htmlText } from '../../src/figure/scripts.js';
import { verdict } from '../language-model/verdict.js';
import { transport } from '../chart/transport.js';
import { afterShare, evaluatedSteps, trainingWords } from '../language-model/replay.js';

type Sides = readonly [Side<TakenStep>, Side<TakenStep>];

/**
 * The last figure: two language models from one start and what they say, as it was recorded, and trained anew where the
 * reader asks for it.
 */
export function languageModelFigure(figure: HTMLElement): void {
  const { schedules } = defaults;
  figure.innerHTML = `<p class="asked"></p><div class="replies replies-of"></div>
    <div class="controls"><div class="time"></div></div>
    <figcaption aria-live="polite"></figcaption>
    <p class="anew"><button type="button" class="call">Train both models here</button> <span>What is shown was recorded beforehand, by the same code; to train them takes a minute or two, on this machine alone.</span></p>`;
  const [asked, replies, caption, time, anew] = ['.asked', '.replies', 'figcaption', '.time', '.anew'].map(
    (selector) => {
      const found = figure.querySelector<HTMLElement>(selector);
      if (found === null) throw new Error(`the last figure has no ${selector}`);
      return found;
    },
  );
  let sides: Sides = recorded.sides;
  let question: AskedQuestion | undefined = recorded.question;
  const say = (text: string): void => {
    caption.innerHTML = text;
  };
  const showAfter = (share: number): void => {
    const now = afterShare(sides, share);
    asked.innerHTML =
      question === undefined
        ? '…'
        : `To “<strong>${htmlText(question.prompt)}</strong>”, which neither was trained on:`;
    replies.innerHTML = question === undefined ? '' : repliesHtml(question, now);
    const said = verdict(now, defaults);
    if (said !== '') say(said);
  };
  const through = transport(time, showAfter);
  through.over(evaluatedSteps(sides), trainingWords(sides));
  anew.querySelector('button')?.addEventListener('click', () => {
    anew.hidden = true;
    train();
  });

  function train(): void {
    const side = (at: 0 | 1): Side => ({
      key: schedules[at],
      look: looks[schedules[at]],
      losses: [],
      steps: [],
      answers: [],
    });
    const trained = [side(0), side(1)] as const;
    [sides, question] = [trained, undefined];
    through.end();
    time.hidden = true;
    say('Loading the engine.');
    const worker = new Worker(new URL('../language-model/worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.kind) {
        case 'pretraining':
          say(`Learning the language: step ${data.step} of ${data.steps}.`);
          break;
        case 'question':
          question = data;
          break;
        case 'step':
          trained[data.side].steps.push(data);
          break;
        case 'losses':
          trained[data.side].losses.push(data);
          break;
        case 'answer':
          trained[data.side].answers.push(data);
          // Both are shown after the same step.
          if (data.side === 0) break;
          time.hidden = data.step === 0;
          if (data.step === 0) showAfter(1);
          else through.over(evaluatedSteps(trained), trainingWords(trained));
          break;
        case 'failed':
          say(htmlText(`Stopped: ${data.message}`));
          break;
        case 'done':
          worker.terminate();
      }
    };
    worker.postMessage({ kind: 'start', settings: defaults });
  }
}
