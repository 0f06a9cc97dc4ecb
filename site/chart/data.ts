import { csvText } from '../../src/figure/csv.js';
import type { FigureRow } from '../../src/figure/figure.js';
import { escapeHtml, htmlText } from '../../src/figure/scripts.js';
import { explained } from '../frame/explained.js';
import { save } from './export.js';
import { cellText } from './tooltip.js';

/** The most rows that the table shows; the file has them all. */
const most = 500;

/** Opens a figure's rows as a table in a dialog, from which they can be saved as CSV. */
export function showData(title: string, name: string, rows: readonly FigureRow[]): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const shown = rows.slice(0, most);
  const dialog = Object.assign(document.createElement('dialog'), { className: 'chart-data' });
  dialog.setAttribute('aria-label', `Data: ${title}`);
  dialog.innerHTML = `
<header><h2>${htmlText(title)}</h2><button type="button" class="save">Save as CSV</button><button type="button" class="close">Close</button></header>
<p>${rows.length} rows${rows.length > most ? `, the first ${most} shown` : ''}</p>
<div class="rows" tabindex="0" role="region" aria-label="Rows"><table>
<thead><tr>${columns.map((column) => `<th scope="col">${explained(column, escapeHtml)}</th>`).join('')}</tr></thead>
<tbody>${shown.map((row) => `<tr>${columns.map((column) => `<td>${escapeHtml(cellText(row[column] ?? null))}</td>`).join('')}</tr>`).join('')}</tbody>
</table></div>`;
  dialog.querySelector('.save')?.addEventListener('click', () => {
    save(`${name}.csv`, new Blob([csvText(rows)], { type: 'text/csv' }));
  });
  dialog.querySelector('.close')?.addEventListener('click', () => {
    dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}
