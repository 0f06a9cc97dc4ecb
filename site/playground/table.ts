import { shortNumber } from '../../src/cli/text.js';
import { looks } from '../../src/figure/theme.js';
import type { EnsembleMeasures } from '../../src/simulate/measures.js';
import type { Estimate } from '../../src/simulate/statistics.js';
import { stroke, symbol } from './chart.js';
import type { EnsembleSummary, ShownBound } from './protocol.js';
import { shownEnsembles, type View } from './shown.js';

/** The measures of the table's columns. */
const columns: readonly (keyof EnsembleMeasures)[] = ['gap', 'averageGap', 'maxGap', 'averageMaxGap', 'idealDistance'];

/** The numbers after the last step, written as `forgetting run` prints them. */
export function tableView(body: HTMLElement): View {
  return {
    draw(shown) {
      const rows = shownEnsembles(shown).map(([key, ensemble]) => {
        const look = looks[key];
        const sample = `<svg viewBox="0 0 34 16" width="34" height="16" aria-hidden="true"><path d="M0,8H34" fill="none" ${stroke(look, 2.2)}/>${symbol(look, 17, 8, 4.6)}</svg>`;
        const cells = columns.map((measure) => estimateCell(measure, ensemble.final[measure]));
        const { gradients, evaluations } = ensemble;
        const partial = ensemble.seeds < shown.state.seeds ? ' class="partial"' : '';
        return `<tr data-schedule="${key}"${partial}><th scope="row">${sample}${look.label}</th>${cells.join('')}
          <td data-measure="work">${gradients}${evaluations === 0 ? '' : ` + ${evaluations}`}</td>
          <td class="ratios">${ratios(shown.theory?.bounds[key] ?? [], ensemble)}</td></tr>`;
      });
      body.innerHTML = rows.join('');
    },
  };
}

function estimateCell(measure: string, { mean, ci95 }: Estimate): string {
  const interval = ci95 === null ? '–' : `[${shortNumber(ci95[0])}, ${shortNumber(ci95[1])}]`;
  return `<td data-measure="${measure}"><span class="value">${shortNumber(mean)}</span><small>${interval}</small></td>`;
}

/** How far every bound that speaks is from what was measured. */
function ratios(bounds: readonly ShownBound[], ensemble: EnsembleSummary): string {
  const speaking = bounds.filter(({ silence }) => silence === '');
  if (speaking.length === 0) return '<span class="none">no theorem speaks</span>';
  return speaking
    .map((bound) => `<span><a href="./statements.html#${bound.id}">${bound.id}</a> ${ratio(bound, ensemble)}</span>`)
    .join('');
}

/** Bound ÷ measured, or measured ÷ bound where the bound is a lower one: at least 1 up to the noise of the mean. */
export function ratio({ kind, value, measure }: ShownBound, { final }: EnsembleSummary): string {
  const { mean } = final[measure];
  const times = kind === 'lower' ? mean / value : value / mean;
  if (kind === 'lower' && value <= 0) return 'below 0';
  return Number.isFinite(times) && times > 0 ? `${shortNumber(Number(times.toPrecision(3)))}×` : '–';
}
