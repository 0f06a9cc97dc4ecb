import './replies.css';
import { significant } from '../../src/base/text.js';
import { htmlText } from '../../src/figure/scripts.js';
import { lookSwatch } from '../chart/swatch.js';
import type { Side } from './plots.js';
import type { AskedQuestion } from './protocol.js';

/** What both models say to the question now, and the probabilities of the plain and the lively reply as bars. */
export function repliesHtml(question: AskedQuestion, sides: readonly Pick<Side, 'key' | 'look' | 'answers'>[]): string {
  return sides
    .map(({ key, look, answers }) => {
      const said = answers.at(-1);
      const bars = (['plain', 'lively'] as const).map((manner) => {
        const share = said?.[manner] ?? 0;
        return `<div class="reply-bar ${manner}"><dt>${manner}: “${htmlText(question[manner])}”</dt>
          <dd><span class="bar" style="--share:${Math.min(1, share)}"></span><span class="share" data-manner="${manner}">${percent(share)}</span></dd></div>`;
      });
      return `<div class="reply" data-schedule="${key}"><h3>${lookSwatch(look)}${look.label}</h3>
        <p class="step">${said === undefined ? 'not begun' : `after step ${said.step}`}</p>
        <blockquote>${said === undefined ? '…' : htmlText(said.text === '' ? '(nothing)' : said.text)}</blockquote>
        <dl>${bars.join('')}</dl></div>`;
    })
    .join('');
}

/** Below a thousandth a power of ten says more. */
function percent(share: number): string {
  if (share === 0) return '0 %';
  return share < 1e-3
    ? `10<sup>${Math.round(Math.log10(share))}</sup>`.replace('-', '−')
    : `${significant(100 * share, 2)} %`;
}
