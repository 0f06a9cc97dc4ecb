import '../chart/plots.css';
import './playground.css';
import './print.css';
import { toAddress } from './address.js';
import { addressBar } from './address-bar.js';
import { againstStepsView } from './against-steps.js';
import { noAnswers, withAnswer } from './answers.js';
import { commands, frontCommand, problemCommand, problemFileName, remediesCommand } from './command.js';
import { controls } from './controls.js';
import { copies } from './copying.js';
import { element } from './element.js';
import { startEngine } from './engine.js';
import { forgettingCurveView } from './forgetting-curve.js';
import { jobOf } from './job.js';
import { landscapeView } from './landscape.js';
import { frontView } from './front-view.js';
import { remediesView, remedyPicker } from './remedies-view.js';
import { objectiveSpaceView } from './objective-space.js';
import { termOf } from '../frame/explained.js';
import { lightUp } from '../chart/light.js';
import { transport } from '../chart/transport.js';
import { takesFiles } from './own-files.js';
import { InputError } from '../../src/base/input-error.js';
import { listChallenges, sayOutcome } from './outcome.js';
import type { WorkerAnswer, Job, Refusal } from './protocol.js';
import { inTurn, workingWords, type Shown, type PageView } from './shown.js';
import { drawnMeasures, initialState, startInside, type State } from './state.js';
import { tableView } from './table.js';
import { stillTrue, sweepViews } from './sweep-view.js';
import { showTheorems } from './theorems.js';

let state: State = initialState;
let answers = noAnswers;
let hovered: Shown['hovered'];
let progress = 1;
let jobId = 0;
/** The first job of the problem that is shown: answers to earlier ones are of another. */
let firstJob = 0;
/** How many workers are not done with that job; the ones that refuse it never are. */
let unfinished = 0;
/** The last job that something was refused of. */
let refusedJob = 0;
/** What could not be understood in the address; the next change of the state makes it old. */
let notUnderstood = '';
/** When the inputs came for which no paths have been drawn yet, by the job that they started. */
const unanswered = new Map<number, number>();

const form = controls(element('.controls', HTMLFormElement), update);
const views: readonly PageView[] = [
  landscapeView(element('#landscape', HTMLElement), {
    changed(change) {
      update((current) => ({ ...current, quadratic: change(current.quadratic) }));
    },
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
const address = addressBar(() => state, show, update);
const steps = transport(element('#transport', HTMLElement), (share) => {
  progress = share;
  scheduleDrawing();
});

/** Changes the state, and everything that follows from it. */
function update(change: (state: State) => State): void {
  if (address.defers(change)) return;
  const inputAt = performance.now();
  const before = state;
  notUnderstood = '';
  state = startInside(change(before));
  answers = { ...answers, sweeps: stillTrue(answers.sweeps, before, state) };
  if (state.measure === before.measure && state.forgetAtMost === before.forgetAtMost) steps.end();
  formStale = true;
  if (state.kind !== before.kind || state.file.name !== before.file.name) forget();
  start();
  unanswered.set(jobId, inputAt);
  scheduleDrawing();
  address.write();
}

/** Shows the state that an address says. */
function show(said: State, refused: readonly string[]): void {
  state = startInside(said);
  forget();
  formStale = true;
  start();
  scheduleDrawing();
  notUnderstood = refused.length === 0 ? '' : `Not understood in the address: ${refused.join(', ')}.`;
}

/** Drops what was drawn of another problem, and what may still be answered of it. */
function forget(): void {
  firstJob = jobId + 1;
  answers = noAnswers;
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

function answered(answer: WorkerAnswer): void {
  if (answer.id < firstJob) return;
  const isOfNow = answer.id === jobId;
  // A sweep is over one setting of the state, and of no other state.
  if (answer.kind !== 'sweep' || isOfNow) answers = withAnswer(answers, answer);
  switch (answer.kind) {
    case 'scene':
      // A worker that runs may have refused the same job before another answers with its scene.
      if (isOfNow && refusedJob !== jobId) refuse(undefined);
      showCommands();
      break;
    case 'choice':
      showCommands();
      break;
    case 'ensemble':
      steps.over(answer.ensemble.steps, workingWords(state));
      for (const [id, inputAt] of unanswered) {
        if (id > answer.id) continue;
        redrawnFor ??= inputAt;
        unanswered.delete(id);
      }
      break;
    case 'done':
      if (isOfNow && --unfinished === 0) hasFinished = true;
      break;
    case 'refused':
      if (isOfNow) refused(answer.refusal);
      break;
  }
  scheduleDrawing();
}

function refused(refusal: Refusal): void {
  if (refusal.field !== 'schedule') {
    refuse(refusal);
    return;
  }
  // The others run without the visitor's own.
  const others = [...answers.ensembles].filter(([key]) => state.own.every((own) => own.key !== key));
  answers = { ...answers, ensembles: new Map(others) };
  refuseSchedule(refusal.message);
  if (--unfinished === 0) hasFinished = true;
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
  return { ...answers, state, hovered, progress };
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
    const { scene, theory } = answers;
    const worst = theory?.front.reduce((most, { certificate }) => Math.max(most, certificate), 0);
    element('#certificate', HTMLElement).textContent =
      worst === undefined
        ? '…'
        : `${worst.toPrecision(2)}${scene?.conditional === true ? ', provided that the expressions are convex' : ''}`;
    if (element('#theorems', HTMLDetailsElement).open) void showTheorems(element('#statements', HTMLElement), current);
    // From an input to the first drawing of paths that were run for it.
    if (redrawnFor !== undefined) performance.measure('input to redraw', { start: redrawnFor });
    redrawnFor = undefined;
    if (hasFinished) sayOutcome(current);
    hasFinished = false;
  });
}

function showCommands(): void {
  const { scene, choice } = answers;
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
  showMeasure(state.measure);
}

/** Chooses a measure in its menu, which the glossary then explains by it. */
function showMeasure(measure: State['measure']): void {
  const menu = element('#measure', HTMLSelectElement);
  menu.value = measure;
  menu.dataset.term = termOf(measure) ?? '';
}

element('#step-size', HTMLInputElement).addEventListener('input', ({ target }) => {
  const stepSize = (target as HTMLInputElement).value;
  if (stepSize.trim() !== '') update((current) => ({ ...current, stepSize }));
});
element('#measure', HTMLSelectElement).addEventListener('change', ({ target }) => {
  const measure = drawnMeasures.find((known) => known === (target as HTMLSelectElement).value) ?? 'gap';
  showMeasure(measure);
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
copies('#copy-command', () => element('#commands', HTMLElement).textContent);
for (const name of ['front', 'remedies']) {
  copies(`#copy-${name}`, () => {
    const { scene } = answers;
    const made = scene === undefined ? [] : problemCommand(state, scene.problemText);
    return [...made, element(`#${name}-command`, HTMLElement).textContent].join('\n');
  });
}
copies('#copy-link', async () => `${location.href.split('#')[0]}#${await toAddress(state)}`);
element('#download', HTMLElement).addEventListener('click', () => {
  const { scene } = answers;
  if (scene === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([scene.problemText], { type: 'application/json' }));
  link.download = problemFileName(state);
  link.click();
  URL.revokeObjectURL(link.href);
});

takesFiles(update, refuseSchedule);

lightUp(element('#main', HTMLElement));
element('#show-ids', HTMLInputElement).addEventListener('change', ({ target }) => {
  element('#main', HTMLElement).classList.toggle('ids', (target as HTMLInputElement).checked);
});
listChallenges();
void address.read().then(() => {
  steps.once();
});
