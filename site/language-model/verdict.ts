import { htmlText } from '../../src/figure/scripts.js';
import { significant } from '../../src/base/text.js';
import type { Side, TakenStep } from './plots.js';
import type { SessionSettings } from './settings.js';

/** Below this share of the larger F_λ a difference is not told. */
const leastDifference = 1e-3;

/** What both models have come to, in a sentence or two of HTML; '' before they have been evaluated. */
export function verdict(
  sides: readonly Side<TakenStep>[],
  { lambda, steps }: Pick<SessionSettings, 'lambda' | 'steps'>,
): string {
  const ends = sides.flatMap(({ look, losses }) => {
    const last = losses.at(-1);
    return last === undefined
      ? []
      : [{ label: htmlText(look.label), ...last, sum: lambda * last.dpo + (1 - lambda) * last.sft }];
  });
  if (ends.length < sides.length) return '';
  const each = ends.map(
    ({ label, sft, dpo }) =>
      `${label} has f<sub>SFT</sub> = <strong>${sft.toPrecision(3)}</strong> and f<sub>DPO</sub> = <strong>${dpo.toPrecision(3)}</strong>`,
  );
  const [best, other] = ends.toSorted((a, b) => a.sum - b.sum);
  const difference = other.sum - best.sum;
  const compared =
    difference > leastDifference * other.sum
      ? `F<sub>λ</sub> is <strong>${significant(difference, 3)}</strong> lower for ${best.label}.`
      : 'F<sub>λ</sub> is the same for both.';
  return `After step ${ends[0].step} of ${steps}, at λ = ${lambda}: ${each.join('; ')}. ${compared}`;
}
