import './results.css';
import { escapeHtml, htmlText } from '../../src/figure/scripts.js';
import { cellText } from '../chart/tooltip.js';
import { explained } from '../frame/explained.js';
import { chartsOf } from './charts.js';
import { droppedFiles, resultFile, type ResultFile } from './files.js';
import { FileError, readTables } from './read.js';
import { recognised } from './recognise.js';
import { facetsOf, firstConfinement, within, type Confinement } from './facets.js';
import { labelled, settingText } from './label.js';
import { added, gapNames, type LabelledRun, type FileRun, type SettingName } from './run.js';

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
};
const [drop, chooser, problems, facets, list, charts, table] = [
  'drop',
  'chooser',
  'problems',
  'facets',
  'runs',
  'charts',
  'ends',
].map(element);

let runs: FileRun[] = [];
let confinement: Confinement = {};
let remove: (() => void)[] = [];
let showings = 0;

/** What a setting is called where all of its values are meant. */
const facetWords: Readonly<Record<SettingName, string>> = {
  comparison: 'comparisons',
  lambda: 'λ',
  steps: 'horizons T',
  dpoShare: 'DPO shares',
};

/** Adds the runs of some files to those shown; what is wrong with a file is said in a line, and the others are shown. */
async function add(files: readonly ResultFile[]): Promise<void> {
  problems.replaceChildren();
  for (const { name, source, bytes } of files) {
    try {
      const tables = await readTables(name, await bytes());
      runs = tables.flatMap((rows) => recognised(name, rows, source)).reduce(added, runs);
    } catch (error) {
      const line = error instanceof FileError ? error.message : `${name}: ${(error as Error).message}`;
      problems.append(Object.assign(document.createElement('p'), { textContent: line }));
    }
  }
  confinement = firstConfinement(runs);
  await show();
}

async function show(): Promise<void> {
  const showing = ++showings;
  for (const end of remove) end();
  remove = [];
  delete charts.dataset.shown;
  const shown = labelled(within(runs, confinement));
  const anyLambda = labelled(within(runs, { ...confinement, lambda: undefined }));
  showFacets();
  showList(shown);
  showEnds(shown);
  const sources = chartsOf(shown, anyLambda);
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
    if (place === null) continue;
    const end = await showChart(place, source);
    if (showing !== showings) {
      end();
      return;
    }
    remove.push(end);
  }
  charts.dataset.shown = String(shown.length);
}

/** A choice of one value, or of all, for every setting in which runs differ. */
function showFacets(): void {
  facets.replaceChildren(
    ...facetsOf(runs).map(({ name, values }) => {
      const choice = document.createElement('select');
      choice.append(
        new Option(`all: ${facetWords[name]}`, ''),
        ...values.map((value) => new Option(settingText(name, value), String(value))),
      );
      choice.setAttribute('aria-label', `Runs shown: ${facetWords[name]}`);
      choice.value = String(confinement[name] ?? '');
      choice.addEventListener('change', () => {
        confinement = { ...confinement, [name]: values.find((value) => String(value) === choice.value) };
        void show();
      });
      return choice;
    }),
  );
}

function showList(shown: readonly LabelledRun[]): void {
  list.replaceChildren(
    ...shown.map(({ label, of }, i) => {
      const item = document.createElement('li');
      const name = Object.assign(document.createElement('input'), {
        value: label,
        title: label,
        size: Math.min(40, label.length),
        ariaLabel: `Name of run ${i + 1}`,
      });
      name.addEventListener('change', () => {
        const wanted = name.value.trim();
        if (wanted !== '' && wanted !== label) runs = runs.map((run) => (run === of ? { ...run, name: wanted } : run));
        void show();
      });
      const away = Object.assign(document.createElement('button'), { type: 'button', textContent: '×' });
      away.setAttribute('aria-label', `Remove ${label}`);
      away.addEventListener('click', () => {
        runs = runs.filter((run) => run !== of);
        void show();
      });
      item.append(name, away);
      return item;
    }),
  );
}

/** The last measures of every run as a table. */
function showEnds(shown: readonly LabelledRun[]): void {
  const ended = shown.flatMap(({ label, measures }) => {
    const last = measures.at(-1);
    return last === undefined ? [] : [{ label, last }];
  });
  table.hidden = ended.length === 0;
  if (ended.length === 0) return;
  const columns = (['step', 'dpo', 'sft', ...gapNames] as const).filter((name) =>
    ended.some(({ last }) => last[name] !== undefined),
  );
  const header = columns.map((name) => `<th scope="col">${explained(name)}</th>`).join('');
  const body = ended.map(
    ({ label, last }) =>
      `<tr><th scope="row">${explained(label, escapeHtml)}</th>${columns.map((name) => `<td>${cellText(last[name] ?? null)}</td>`).join('')}</tr>`,
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
  void add([...(input.files ?? [])].map((file) => resultFile(file.name, undefined, () => file.arrayBuffer())));
  input.value = '';
});
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-example]')) {
  button.addEventListener('click', () => {
    const paths = (button.dataset.example ?? '').split(' ');
    void add(
      paths.map((path) =>
        resultFile(path.split('/').at(-1) ?? path, /examples\/([^/]+)\/[^/]+$/.exec(path)?.[1], async () =>
          (await fetch(path)).arrayBuffer(),
        ),
      ),
    );
  });
}
