import '../chart/plots.css';
import './playground.css';
import { fromAddress, plainAddress, toAddress } from './address.js';
import { keptAddress, keptSchedules, withKeptFile } from './kept-file.js';
import { againstStepsView } from './against-steps.js';
import { commands, frontCommand, problemCommand, problemFileName, remediesCommand } from './command.js';
import { controls } from './controls.js';
import { scheduleOf, startEngine } from './engine.js';
import { forgettingCurveView } from './forgetting-curve.js';
import { jobOf } from './job.js';
import { landscapeView } from './landscape.js';
import { frontView } from './front-view.js';
import { remediesView, remedyPicker } from './remedies-view.js';
import { objectiveSpaceView } from './objective-space.js';
import { lightUp } from '../chart/light.js';
import { transport } from '../chart/transport.js';
import { fileDrop } from './file-drop.js';
import { withOwn } from './schedule-list.js';
import { InputError } from '../../src/base/input-error.js';
import { significant } from '../../src/base/text.js';
import type { Answer, EnsembleSummary, Job, Refusal, Scene, Theory } from './protocol.js';
import { inTurn, lookIn, shownEnsembles, workingWords, type Shown, type View } from './shown.js';
import { drawnMeasures, initialState, startInside, type FileChoice, type State } from './state.js';
import { tableView } from './table.js';
import { challenges, verdict } from './verdict.js';
import { stillTrue, sweepViews } from './sweep-view.js';
import { showTheorems } from './theorems.js';

function element<Kind extends HTMLElement>(selector: string, kind: new () => Kind): Kind {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

let state: State = initialState;
let scene: Scene | undefined;
let theory: Theory | undefined;
let front: Shown['front'];
let choice: Shown['choice'];
let remedies: Shown['remedies'] = [];
let swept: NonNullable<Shown['sweeps']> = new Map();
let hovered: Shown['hovered'];
let progress = 1;
let ensembles: Shown['ensembles'] = new Map<string, EnsembleSummary>();
let jobId = 0;
/** The first job of the problem that is shown: answers to earlier ones are of another. */
let firstJob = 0;
/** How many workers are not done with that job; the ones that refuse it never are. */
let unfinished = 0;
/** The last job that something was refused of. */
let refusedJob = 0;
/** What could not be understood in the address; the next change of the state makes it old. */
let notUnderstood = '';
/** The changes that came while an address was being read, to be made to what it says. */
let early: ((state: State) => State)[] | undefined;
/** When the inputs came for which no paths have been drawn yet, by the job that they started. */
const unanswered = new Map<number, number>();

const form = controls(element('.controls', HTMLFormElement), update);
const views: readonly View[] = [
  landscapeView(element('#landscape', HTMLElement), (change) => {
    update((current) => ({ ...current, quadratic: change(current.quadratic) }));
  }),
  inTurn([
    objectiveSpaceView(element('#space', HTMLElement), (at) => {
      hovered = at;
      scheduleDrawing();
    }),
    againstStepsView(element('#gaps', HTMLElement)),
    forgettingCurveView(element('#curve', HTMLElement)),
    frontView(element('#front', HTMLElement), element('#front-words', HTMLElement), update),
    ...sweepViews(element('.controls', HTMLFormElement)),
    remediesView(element('#remedies', HTMLElement), element('#remedy-table', HTMLElement)),
  ]),
  tableView(element('#table', HTMLElement), element('#warnings', HTMLElement)),
];
const pickRemedies = remedyPicker(element('#remedy-picker', HTMLElement), update);
const engine = startEngine(answered);
const steps = transport(element('#transport', HTMLElement), (share) => {
  progress = share;
  scheduleDrawing();
});

/** Changes the state, and everything that follows from it. */
function update(change: (state: State) => State): void {
  if (early !== undefined) {
    early.push(change);
    return;
  }
  const inputAt = performance.now();
  const before = state;
  notUnderstood = '';
  state = startInside(change(before));
  swept = stillTrue(swept, before, state);
  if (state.measure === before.measure && state.forgetAtMost === before.forgetAtMost) steps.end();
  formStale = true;
  if (state.kind !== before.kind || state.file.name !== before.file.name) forget();
  start();
  unanswered.set(jobId, inputAt);
  scheduleDrawing();
  scheduleAddress();
}

/** Drops what was drawn of another problem, and what may still be answered of it. */
function forget(): void {
  firstJob = jobId + 1;
  scene = undefined;
  theory = undefined;
  front = undefined;
  choice = undefined;
  remedies = [];
  swept = new Map();
  ensembles = new Map();
}

function start(): void {
  let job: Job;
  const id = ++jobId;
  // Not what the runs before came to, also where this one is refused.
  element('#status', HTMLElement).textContent = '';
  hasFinished = false;
  refuseSchedule('');
  try {
    job = { id, ...jobOf(state), sweeps: true };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    refuse({ field: error.field, message: error.message });
    return;
  }
  unfinished = engine.start(job);
}

function answered(answer: Answer): void {
  if (answer.id < firstJob) return;
  switch (answer.kind) {
    case 'scene':
      ({ scene } = answer);
      // A worker that runs may have refused the same job before another answers with its scene.
      if (answer.id === jobId && refusedJob !== jobId) refuse(undefined);
      showCommands();
      break;
    case 'theory':
      ({ theory } = answer);
      break;
    case 'front':
      ({ front } = answer);
      break;
    case 'choice':
      ({ choice } = answer);
      showCommands();
      break;
    case 'remedies':
      ({ remedies } = answer);
      break;
    case 'sweep':
      if (answer.id !== jobId) return;
      swept = new Map([...swept, [answer.sweep.name, answer.sweep]]);
      break;
    case 'ensemble':
      steps.over(answer.ensemble.steps, workingWords(state));
      ensembles = new Map([...ensembles, [answer.key, answer.ensemble]]);
      for (const [id, inputAt] of unanswered) {
        if (id > answer.id) continue;
        redrawnFor ??= inputAt;
        unanswered.delete(id);
      }
      break;
    case 'done':
      if (answer.id === jobId && --unfinished === 0) hasFinished = true;
      break;
    case 'refused':
      if (answer.id !== jobId) break;
      if (answer.refusal.field !== 'schedule') refuse(answer.refusal);
      else {
        // The others run without the visitor's own.
        ensembles = new Map([...ensembles].filter(([key]) => state.own.every((own) => own.key !== key)));
        refuseSchedule(answer.refusal.message);
        if (--unfinished === 0) hasFinished = true;
      }
      break;
  }
  scheduleDrawing();
}

/** Shows which challenges what is shown meets; one that was met stays so. */
function showChallenges(): void {
  challenges.forEach(({ title, done }, i) => {
    const item = element(`#challenges li:nth-child(${i + 1})`, HTMLElement);
    if (!done(shown()) || item.classList.contains('met')) return;
    item.classList.add('met');
    item.querySelector('strong')?.append(' ✓');
    element('#challenge-said', HTMLElement).textContent = `Done: ${title}.`;
  });
}
element('#challenges', HTMLElement).innerHTML = challenges
  .map(({ title, hint }) => `<li><strong>${title}</strong> <span>${hint}</span></li>`)
  .join('');

/** Says in words what the runs came to, once that is drawn. */
function sayTheEnd(): void {
  hasFinished = false;
  element('#verdict', HTMLElement).textContent = verdict(shown());
  showChallenges();
  const gaps = shownEnsembles(shown()).map(
    ([key, { final }]) => `${lookIn(state, key).label} ${significant(final.gap.mean, 3)}`,
  );
  element('#status', HTMLElement).textContent =
    `${state.seeds} ${state.seeds === 1 ? 'seed' : 'seeds'}. Gaps: ${gaps.join(', ')}.`;
}

/** Shows a refusal where its cause is, or none. */
function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) refusedJob = jobId;
  const ofSteps = refusal?.field === 'step-size';
  element('#step-refusal', HTMLElement).textContent = ofSteps ? refusal.message : '';
  element('#problem-refusal', HTMLElement).textContent =
    refusal === undefined || ofSteps ? notUnderstood : refusal.message;
  element('#main', HTMLElement).classList.toggle('refused', refusal !== undefined);
}

/** Shows why a schedule of the visitor's own does not run. */
function refuseSchedule(message: string): void {
  element('#schedule-refusal', HTMLElement).textContent = message;
}

function shown(): Shown {
  return { state, scene, theory, front, choice, remedies, sweeps: swept, ensembles, hovered, progress };
}

let drawing = false;
let formStale = true;
/** Whether all workers are done, which nobody has been told yet. */
let hasFinished = false;
let redrawnFor: number | undefined;

/** Draws everything once before the next frame. */
function scheduleDrawing(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    if (formStale) {
      formStale = false;
      form.show(state);
      pickRemedies(state);
      showFile();
    }
    const current = shown();
    for (const view of views) view.draw(current);
    const worst = theory?.front.reduce((most, { certificate }) => Math.max(most, certificate), 0);
    element('#certificate', HTMLElement).textContent =
      worst === undefined
        ? '…'
        : `${worst.toPrecision(2)}${scene?.conditional === true ? ', provided that the expressions are convex' : ''}`;
    if (element('#theorems', HTMLDetailsElement).open) void showTheorems(element('#statements', HTMLElement), current);
    // From an input to the first drawing of paths that were run for it.
    if (redrawnFor !== undefined) performance.measure('input to redraw', { start: redrawnFor });
    redrawnFor = undefined;
    if (hasFinished) sayTheEnd();
  });
}

let addressTimer: ReturnType<typeof setTimeout> | undefined;
let changedAt = -Infinity;

/** Writes the state into the address, not more often than browsers allow; what comes after a while can be gone Back from. */
function scheduleAddress(): void {
  const anew = performance.now() - changedAt > 2000;
  changedAt = performance.now();
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => void writeAddress(), 250);
  if (!anew) return;
  // At once, for who leaves before what is written has been compressed and kept.
  history.pushState(null, '', state.kind === 'file' ? location.href : `#${plainAddress(state)}`);
  void writeAddress();
}

async function writeAddress(): Promise<void> {
  const written = state;
  const { address, link } = await keptAddress(written);
  // Changed since, or gone Back from: this entry of the history is another's.
  if (written !== state || early !== undefined) return;
  history.replaceState(null, '', `#${address}`);
  const button = element('#copy-link', HTMLButtonElement);
  button.disabled = link !== '';
  button.title = link;
}

// A visitor who leaves at once, before the address is written, finds the state again.
addEventListener('pagehide', () => {
  clearTimeout(addressTimer);
  if (state.kind !== 'file' && early === undefined) history.replaceState(null, '', `#${plainAddress(state)}`);
});

/** How often an address has been read: of two at once the newer counts. */
let readings = 0;

async function readAddress(): Promise<void> {
  const { hash } = location;
  const reading = ++readings;
  early ??= [];
  clearTimeout(addressTimer);
  const { state: read, refused } = await fromAddress(hash, await keptSchedules(hash));
  const said = await withKeptFile(read, hash);
  if (reading !== readings) return;
  const changes = early;
  early = undefined;
  state = startInside(said);
  forget();
  formStale = true;
  start();
  scheduleDrawing();
  notUnderstood = refused.length === 0 ? '' : `Not understood in the address: ${refused.join(', ')}.`;
  changes.forEach(update);
}

function showCommands(): void {
  element('#commands', HTMLElement).textContent =
    scene === undefined ? '' : commands(state, scene.problemText).join('\n');
  element('#front-command', HTMLElement).textContent =
    choice === undefined || 'reason' in choice ? '' : frontCommand(state, choice.forgetAtMost);
  element('#remedies-command', HTMLElement).textContent = remediesCommand(state);
}

const hints: Readonly<Record<State['kind'], string>> = {
  quadratic: 'Drag a minimiser, an axis or the start; or Tab to it and use the arrow keys.',
  'log-linear': 'The plane of parameters of the policy; level lines of both losses over their minima.',
  'closed-form': 'Both objectives over θ; below them the runs, from the first step down to the last.',
  file: 'In more than two dimensions: the plane through both minimisers and the start, runs projected onto it.',
};

function showFile(): void {
  element('#landscape-hint', HTMLElement).textContent = hints[state.kind];
  const text = element('#file-text', HTMLTextAreaElement);
  if (document.activeElement !== text) text.value = state.file.text;
  element('#file-name', HTMLElement).textContent = state.kind === 'file' ? state.file.name : '';
  const stepSize = element('#step-size', HTMLInputElement);
  if (document.activeElement !== stepSize) stepSize.value = state.stepSize;
  element('#measure', HTMLSelectElement).value = state.measure;
}

element('#step-size', HTMLInputElement).addEventListener('input', ({ target }) => {
  const stepSize = (target as HTMLInputElement).value;
  if (stepSize.trim() !== '') update((current) => ({ ...current, stepSize }));
});
element('#measure', HTMLSelectElement).addEventListener('change', ({ target }) => {
  const measure = drawnMeasures.find((known) => known === (target as HTMLSelectElement).value) ?? 'gap';
  update((current) => ({ ...current, measure }));
});
element('#file-text', HTMLTextAreaElement).addEventListener('input', ({ target }) => {
  const text = (target as HTMLTextAreaElement).value;
  update((current) => ({ ...current, file: { ...current.file, text } }));
});
element('#theorems', HTMLElement).addEventListener('toggle', scheduleDrawing);
element('#reset', HTMLElement).addEventListener('click', () => {
  update(() => initialState);
});
element('#copy-command', HTMLElement).addEventListener('click', ({ currentTarget }) => {
  void copy(element('#commands', HTMLElement).textContent, currentTarget);
});
for (const name of ['front', 'remedies']) {
  element(`#copy-${name}`, HTMLElement).addEventListener('click', ({ currentTarget }) => {
    const text = element(`#${name}-command`, HTMLElement).textContent;
    const made = scene === undefined ? [] : problemCommand(state, scene.problemText);
    void copy([...made, text].join('\n'), currentTarget);
  });
}
element('#copy-link', HTMLElement).addEventListener('click', ({ currentTarget }) => {
  void toAddress(state).then((address) => copy(`${location.href.split('#')[0]}#${address}`, currentTarget));
});
element('#download', HTMLElement).addEventListener('click', () => {
  if (scene === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([scene.problemText], { type: 'application/json' }));
  link.download = problemFileName(state);
  link.click();
  URL.revokeObjectURL(link.href);
});

async function copy(text: string, button: EventTarget | null): Promise<void> {
  if (!(button instanceof HTMLElement)) return;
  // Not what it said of the press before.
  const label = (button.dataset.label ??= button.textContent);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    // Browsers keep the clipboard from pages that came over plain http: what is to be copied is selected instead.
    button.textContent = selectShown(text) ? 'Selected: press Ctrl C' : 'The browser refused';
  }
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
}

/** Selects the text where the page shows it; the link is shown in a dialogue of its own. */
function selectShown(text: string): boolean {
  const places = [...document.querySelectorAll('pre')].filter(({ textContent }) => textContent !== '');
  const place = places.find(({ textContent }) => text.endsWith(textContent));
  if (place === undefined) {
    prompt('Copy this:', text);
    return true;
  }
  place.textContent = text;
  getSelection()?.selectAllChildren(place);
  return true;
}

const choosers = ['#choose-file', '#choose-schedule'].map((selector) => element(selector, HTMLInputElement));
fileDrop(element('.drop-here', HTMLElement), choosers, (file) => {
  if (/\.m?[jt]s$/.test(file.name)) void takeSchedule(file);
  else update((current) => ({ ...current, kind: 'file', file }));
});

/** Adds the schedule that a module exports, or says why it is none. */
async function takeSchedule({ name, text }: FileChoice): Promise<void> {
  try {
    const schedule = await scheduleOf({ file: name, text });
    update((current) => withOwn(current, schedule));
  } catch (error) {
    refuseSchedule(/\.m?ts$/.test(name) ? inTypeScript(name) : (error as Error).message);
  }
}

function inTypeScript(name: string): string {
  return `schedule: got "${name}", expected JavaScript, which browsers run: npx esbuild ${name} --bundle --format=esm --outfile=${name.replace(/ts$/, 'js')}`;
}

lightUp(element('#main', HTMLElement));
element('#show-ids', HTMLInputElement).addEventListener('change', ({ target }) => {
  element('#main', HTMLElement).classList.toggle('ids', (target as HTMLInputElement).checked);
});
// Both come by Back and Forward.
addEventListener('popstate', () => void readAddress());
void readAddress().then(() => {
  steps.once();
});
