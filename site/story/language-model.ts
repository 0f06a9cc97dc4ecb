import type { FromWorker } from '../language-model/protocol.js';
import { repliesHtml, type AskedQuestion } from '../language-model/replies.js';
import type { Side } from '../language-model/plots.js';
import { defaults } from '../language-model/settings.js';
import { looks } from '../../src/figure/theme.js';
import { htmlText } from '../../src/figure/scripts.js';
import { transport } from '../chart/transport.js';
import { afterShare, evaluatedSteps, trainingWords } from '../language-model/replay.js';

/** The last figure: two language models from one start, trained when the reader asks for it, and what they say. */
export function languageModelFigure(figure: HTMLElement): void {
  const { steps, lambda, schedules } = defaults;
  figure.innerHTML = `<p class="asked">…</p><div class="replies replies-of"></div>
    <div class="controls"><button type="button" class="call">Train both models here</button><div class="time" hidden></div></div>
    <figcaption aria-live="polite">Two copies of one small model, ${steps} steps each at λ = ${lambda}: it takes a minute or two, on this machine alone.</figcaption>`;
  const [asked, replies, button, caption, time] = ['.asked', '.replies', 'button', 'figcaption', '.time'].map(
    (selector) => figure.querySelector<HTMLElement>(selector),
  );
  button?.addEventListener('click', () => {
    if (asked === null || replies === null || caption === null || time === null) return;
    button.hidden = true;
    train({ asked, replies, caption, time });
  });

  function train(parts: Readonly<Record<'asked' | 'replies' | 'caption' | 'time', HTMLElement>>): void {
    const side = (at: 0 | 1): Side => ({ look: looks[schedules[at]], losses: [], steps: [], answers: [] });
    const sides = [side(0), side(1)] as const;
    let question: AskedQuestion | undefined;
    const say = (text: string): void => {
      parts.caption.innerHTML = text;
    };
    const showAfter = (share: number): void => {
      const now = afterShare(sides, share);
      if (question !== undefined) parts.replies.innerHTML = repliesHtml(question, now);
      say(sentence(now));
    };
    const through = transport(parts.time, showAfter);
    say('Loading the engine.');
    const worker = new Worker(new URL('../language-model/worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.kind) {
        case 'pretraining':
          say(`Learning the language: step ${data.step} of ${data.steps}.`);
          break;
        case 'question':
          question = data;
          parts.asked.innerHTML = `To “<strong>${htmlText(data.prompt)}</strong>”, which neither was trained on:`;
          break;
        case 'losses':
          sides[data.side].losses.push(data);
          break;
        case 'answer':
          sides[data.side].answers.push(data);
          // Both are shown after the same step.
          if (data.side === 0) break;
          parts.time.hidden = data.step === 0;
          if (data.step === 0) showAfter(1);
          else through.over(evaluatedSteps(sides), trainingWords(sides));
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

  /** What both models have come to, in a sentence. */
  function sentence(sides: readonly Side[]): string {
    const losses = sides.map(({ look, losses: all }) => {
      const last = all.at(-1);
      return last === undefined
        ? look.label
        : `${look.label} has f<sub>SFT</sub> = <span class="said">${last.sft.toPrecision(3)}</span> and f<sub>DPO</sub> = <span class="said">${last.dpo.toPrecision(3)}</span>`;
    });
    return `After step ${sides[0].answers.at(-1)?.step ?? 0} of ${steps}: ${losses.join('; ')}.`;
  }
}
