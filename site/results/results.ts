import './results.css';
import { escapeHtml, htmlText } from '../../src/figure/scripts.js';
import { cellText } from '../chart/tooltip.js';
import { chartsOf } from './charts.js';
import { droppedFiles, type ResultFile } from './files.js';
import { FileError, readRows } from './read.js';
import { recognised } from './recognise.js';
import { gapNames, joined, type Run } from './run.js';

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
};
const [drop, chooser, problems, list, charts, table] = ['drop', 'chooser', 'problems', 'runs', 'charts', 'ends'].map(
  element,
);

let runs: Run[] = [];
let remove: (() => void)[] = [];

/** Adds the runs of some files to those shown; what is wrong with a file is said in a line, and the others are shown. */
async function add(files: readonly ResultFile[]): Promise<void> {
  problems.replaceChildren();
  for (const { name, folder, bytes } of files) {
    try {
      const label = folder ?? name.replace(/\.(jsonl|parquet)$/, '');
      for (const run of recognised(name, await readRows(name, await bytes()), label)) insert(run, folder !== undefined);
    } catch (error) {
      const line = error instanceof FileError ? error.message : `${name}: ${(error as Error).message}`;
      problems.append(Object.assign(document.createElement('p'), { textContent: line }));
    }
  }
  await show();
}

/** Files of one folder say different things of one run; any other run of a known label is another one. */
function insert(run: Run, ofFolder: boolean): void {
  const known = runs.findIndex(({ label }) => label === run.label);
  const adds = known >= 0 && (ofFolder || complements(runs[known], run));
  if (adds) runs[known] = joined(runs[known], run);
  else runs.push({ ...run, label: free(run.label) });
}

/** Whether two halves under one label hold nothing of the same kind, as an experiment's results and costs do. */
function complements(a: Run, b: Run): boolean {
  const both = (name: 'measures' | 'steps'): boolean => a[name].length > 0 && b[name].length > 0;
  return !both('measures') && !both('steps') && !Object.keys(a.cost).some((name) => name in b.cost);
}

function free(label: string): string {
  const taken = new Set(runs.map((run) => run.label));
  let candidate = label;
  for (let count = 2; taken.has(candidate); count++) candidate = `${label} (${count})`;
  return candidate;
}

async function show(): Promise<void> {
  for (const end of remove) end();
  remove = [];
  showList();
  showEnds();
  const sources = chartsOf(runs);
  charts.replaceChildren(
    ...sources.map(({ name, title, caption }) => {
      const figure = Object.assign(document.createElement('figure'), { className: 'panel', id: name });
      figure.innerHTML = `<h2>${title}</h2><div class="drawing"></div><figcaption>${htmlText(caption)}</figcaption>`;
      return figure;
    }),
  );
  if (sources.length === 0) return;
  const { showChart } = await import('../chart/chart.js');
  for (const source of sources) {
    const place = document.querySelector<HTMLElement>(`#${source.name} .drawing`);
    if (place !== null) remove.push(await showChart(place, source));
  }
  charts.dataset.shown = String(runs.length);
}

function showList(): void {
  list.replaceChildren(
    ...runs.map((run, i) => {
      const item = document.createElement('li');
      const name = Object.assign(document.createElement('input'), {
        value: run.label,
        ariaLabel: `Name of run ${i + 1}`,
      });
      name.addEventListener('change', () => {
        const wanted = name.value.trim();
        runs[i] = { ...run, label: wanted === '' || wanted === run.label ? run.label : free(wanted) };
        void show();
      });
      const away = Object.assign(document.createElement('button'), { type: 'button', textContent: '×' });
      away.setAttribute('aria-label', `Remove ${run.label}`);
      away.addEventListener('click', () => {
        runs = runs.filter((_, other) => other !== i);
        void show();
      });
      item.append(name, away);
      return item;
    }),
  );
}

/** The last measures of every run as a table. */
function showEnds(): void {
  const ended = runs.flatMap(({ label, measures }) => {
    const last = measures.at(-1);
    return last === undefined ? [] : [{ label, last }];
  });
  table.hidden = ended.length === 0;
  if (ended.length === 0) return;
  const columns = (['step', 'dpo', 'sft', ...gapNames] as const).filter((name) =>
    ended.some(({ last }) => last[name] !== undefined),
  );
  const header = columns.map((name) => `<th scope="col">${name}</th>`).join('');
  const body = ended.map(
    ({ label, last }) =>
      `<tr><th scope="row">${escapeHtml(label)}</th>${columns.map((name) => `<td>${cellText(last[name] ?? null)}</td>`).join('')}</tr>`,
  );
  table.innerHTML = `<h2>Where the runs ended</h2><div class="scroll" tabindex="0" role="region" aria-label="Where the runs ended"><table><thead><tr><th scope="col">run</th>${header}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

for (const kind of ['dragenter', 'dragover'] as const) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) drop.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(add);
});
chooser.addEventListener('change', () => {
  const input = chooser as HTMLInputElement;
  void add(
    [...(input.files ?? [])].map((file) => ({ name: file.name, folder: undefined, bytes: () => file.arrayBuffer() })),
  );
  input.value = '';
});
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-example]')) {
  button.addEventListener('click', () => {
    const paths = (button.dataset.example ?? '').split(' ');
    void add(
      paths.map((path) => ({
        name: path.split('/').at(-1) ?? path,
        folder: /examples\/([^/]+)\/[^/]+$/.exec(path)?.[1],
        bytes: async () => (await fetch(path)).arrayBuffer(),
      })),
    );
  });
}
