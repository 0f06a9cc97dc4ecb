import { escapeHtml } from '../../src/figure/scripts.js';
import { shortNumber } from '../../src/base/text.js';
import type { ShownBound } from './protocol.js';
import { lookIn, shownEnsembles, type Shown } from './shown.js';
import { ratio } from './table.js';

/** Which statements speak of the runs shown, with their constants and values, and why the others are silent. */
export async function showTheorems(host: HTMLElement, shown: Shown): Promise<void> {
  const { statements, constants } = await import('virtual:formulas');
  host.innerHTML = shownEnsembles(shown)
    .map(([key, ensemble]) => {
      const bounds = shown.theory?.bounds[key] ?? [];
      const items = bounds.map((bound) => {
        const link = `<a href="./statements.html#${bound.id}">${bound.id}</a>`;
        if (bound.silence !== '') return `<li class="silent">${link} is silent: ${bound.silence}.</li>`;
        const measured = ensemble.final[bound.measure].mean;
        return `<li>${link} <span class="formula">${statements[bound.id] ?? ''}</span>
          <p class="values">${values(bound, constants)}</p>
          <p>bound ${shortNumber(bound.value)}, measured ${shortNumber(measured)} (${bound.measure}): ${ratio(bound, ensemble)}</p></li>`;
      });
      return `<section><h3>${escapeHtml(lookIn(shown.state, key).label)}</h3><ul>${items.join('')}</ul></section>`;
    })
    .join('');
}

function values({ constants }: ShownBound, symbols: Readonly<Record<string, string>>): string {
  return constants
    .map(
      ({ name, meaning, value }) => `<span title="${meaning}">${symbols[name] ?? name} = ${shortNumber(value)}</span>`,
    )
    .join(' ');
}
