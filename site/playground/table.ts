import { escapeHtml } from '../../src/figure/scripts.js';
import type { Look } from '../../src/figure/theme.js';
import { certificateText, shortNumber, significant } from '../../src/base/text.js';
import type { EnsembleMeasures } from '../../src/convex/simulate/measures.js';
import type { Estimate } from '../../src/base/statistics.js';
import { stroke, symbol } from '../chart/plot.js';
import { explained } from '../frame/explained.js';
import type { EnsembleSummary, ScaleFreeMeasure, ShownBound } from './protocol.js';
import { isPassing, lookIn, shownEnsembles, type PageView } from './shown.js';

/** The measures, in the order in which `forgetting run` prints them. */
const measures: readonly (keyof EnsembleMeasures)[] = [
  'gap',
  'averageGap',
  'maxGap',
  'averageMaxGap',
  'dpo',
  'sft',
  'idealDistance',
];

const scaleFree: readonly ScaleFreeMeasure[] = ['normalizedIdealDistance', 'forgettingKl'];

/** The numbers after the last step, written as `forgetting run` prints them: a column for every schedule. */
export function tableView(table: HTMLElement, warnings: HTMLElement): PageView {
  let drawnAt = 0;
  return {
    draw(shown) {
      const runs = shownEnsembles(shown);
      // Numbers that are about to change cost a layout of the page, and nobody reads them: not more than a few a second.
      const passing = shown.progress < 1 || isPassing(shown);
      if (passing && performance.now() - drawnAt < 250) return;
      drawnAt = performance.now();
      const row = (title: string, cell: (key: string, ensemble: EnsembleSummary) => string): string =>
        `<tr><th scope="row">${explained(title, (name) => name.replace(/(?=[A-Z])/g, '<wbr>'))}</th>${runs
          .map(([key, ensemble]) => {
            const partial = ensemble.seeds < shown.state.seeds ? ' class="partial"' : '';
            return `<td data-schedule="${key}" data-measure="${title}"${partial}>${cell(key, ensemble)}</td>`;
          })
          .join('')}</tr>`;
      warnings.textContent = passing
        ? ''
        : runs
            .flatMap(([key, ensemble]) => ensemble.warnings.map((line) => `${lookIn(shown.state, key).label}: ${line}`))
            .join('\n');
      table.innerHTML = `<thead><tr><td></td>${runs.map(([key, { seeds }]) => heading(lookIn(shown.state, key), seeds, shown.state.seeds)).join('')}</tr></thead><tbody>
        ${measures.map((measure) => row(measure, (_, { final, certificates }) => estimateText(final[measure], certificates[measure]))).join('')}
        ${scaleFree.map((measure) => row(measure, (_, { scaleFree: known }) => estimateText(known[measure], undefined))).join('')}
        ${row('gradients', (_, { gradients }) => String(gradients))}
        ${row('evaluations', (_, { evaluations }) => String(evaluations))}
        ${row('bound ratios', (key, ensemble) => ratios(shown.theory?.bounds[key] ?? [], ensemble))}</tbody>`;
    },
  };
}

function heading(look: Look, done: number, all: number): string {
  return `<th scope="col"><svg viewBox="0 0 34 16" width="34" height="16" aria-hidden="true"><path d="M0,8H34" fill="none" ${stroke(look, 2.2)}/>${symbol(look, 17, 8, 4.6)}</svg>${explained(look.label, escapeHtml)}${done < all ? `<small>${done} of ${all.toLocaleString('en')} seeds</small>` : ''}</th>`;
}

function estimateText(estimate: Estimate | undefined, certificate: number | undefined): string {
  if (estimate === undefined) return '–';
  const { mean, ci95 } = estimate;
  const interval = ci95 === null ? '–' : `[${shortNumber(ci95[0])}, ${shortNumber(ci95[1])}]`;
  return `<span class="value">${shortNumber(mean)}</span><small>${interval}</small><small class="certificate" title="certificate of the optimum">${certificateText(certificate)}</small>`;
}

/** How far every bound that speaks is from what was measured. */
function ratios(bounds: readonly ShownBound[], ensemble: EnsembleSummary): string {
  const speaking = bounds.filter(({ silence }) => silence === '');
  if (speaking.length === 0) return 'no theorem speaks';
  return speaking
    .map((bound) => `<span><a href="./statements.html#${bound.id}">${bound.id}</a> ${ratio(bound, ensemble)}</span>`)
    .join('');
}

/** Bound ÷ measured, or measured ÷ bound where the bound is a lower one: at least 1 up to the noise of the mean. */
export function ratio({ kind, value, measure }: ShownBound, { final }: EnsembleSummary): string {
  const { mean } = final[measure];
  const times = kind === 'lower' ? mean / value : value / mean;
  if (kind === 'lower' && value <= 0) return 'below 0';
  return Number.isFinite(times) && times > 0 ? `${significant(times, 3)}×` : '–';
}
