import { significant } from '../../src/base/text.js';
import { htmlText } from '../../src/figure/scripts.js';
import { element } from './element.js';
import { lookIn, shownEnsembles, type Shown } from './shown.js';
import { challenges, verdict } from './verdict.js';

/** Lists the challenges. */
export function listChallenges(): void {
  element('#challenges', HTMLElement).innerHTML = challenges
    .map(({ title, hint }) => `<li><strong>${title}</strong> <span>${htmlText(hint)}</span></li>`)
    .join('');
}

/** Says in words what the runs came to. */
export function sayOutcome(shown: Shown): void {
  const { state } = shown;
  element('#verdict', HTMLElement).textContent = verdict(shown);
  showChallenges(shown);
  const gaps = shownEnsembles(shown).map(
    ([key, { final }]) => `${lookIn(state, key).label} ${significant(final.gap.mean, 3)}`,
  );
  element('#status', HTMLElement).textContent =
    `${state.seeds} ${state.seeds === 1 ? 'seed' : 'seeds'}. Gaps: ${gaps.join(', ')}.`;
}

/** Shows which challenges what is shown meets; one that was met stays so. */
function showChallenges(shown: Shown): void {
  challenges.forEach(({ title, done }, i) => {
    const item = element(`#challenges li:nth-child(${i + 1})`, HTMLElement);
    if (!done(shown) || item.classList.contains('met')) return;
    item.classList.add('met');
    item.querySelector('strong')?.append(' ✓');
    element('#challenge-said', HTMLElement).textContent = `Done: ${title}.`;
  });
}
