import './language-model.css';
import { looks } from '../../src/figure/theme.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import { shortText } from '../../src/base/short-text.js';
import { save } from '../chart/export.js';
import { transport } from '../chart/transport.js';
import { modelWords, ownFiles } from './own-files.js';
import { digits, heldWords, numbersHtml } from './numbers.js';
import { repliesHtml } from './replies.js';
import { drawLosses, drawSpace, plotOf, type Side } from './plots.js';
import type { AskedQuestion, FromWorker, ToWorker } from './protocol.js';
import { afterShare, evaluatedSteps, trainingWords } from './replay.js';
import { defaults, type SessionSettings } from './settings.js';
import { still } from './still.js';

const scheduleKeys = Object.keys(looks) as ScheduleKey[];
function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}
const form = byId('settings') as HTMLFormElement;
const [start, pause, reset, saving] = ['start', 'pause', 'reset', 'save'].map((id) => byId(id) as HTMLButtonElement);
const [status, adapter, numbers] = ['status', 'adapter', 'numbers'].map((id) => byId(id));
const field = (name: string): HTMLInputElement | HTMLSelectElement => {
  const found = form.elements.namedItem(name);
  if (!(found instanceof HTMLInputElement || found instanceof HTMLSelectElement)) throw new Error(`no field ${name}`);
  return found;
};

let worker: Worker | undefined;
let paused = false;
let sides: readonly [Side, Side] = sidesOf(defaults.schedules);
let frame = 0;
let question: AskedQuestion | undefined;
type ShownSettings = SessionSettings & { readonly model: string };
/** The settings of the run that is shown. */
let ran: ShownSettings | undefined;
/** The share of the steps taken so far after which the models are shown: all of them but where somebody went back. */
let progress = 1;

const plots = {
  space: plotOf(byId('space'), draw),
  sft: plotOf(byId('sft-loss'), draw),
  dpo: plotOf(byId('dpo-loss'), draw),
};

const time = transport(byId('transport'), (share) => {
  progress = share;
  show();
});

fillForm();
showSettings();
show();

form.addEventListener('input', () => {
  showOutputs();
  writeAddress();
  showSettings();
  if (ran !== undefined) return;
  sides = sidesOf(settings().schedules);
  show();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  begin();
});
pause.addEventListener('click', () => {
  paused = !paused;
  pause.textContent = paused ? 'Resume' : 'Pause';
  tell({ kind: paused ? 'pause' : 'resume' });
  if (paused) say('Pausing after this step.');
});
reset.addEventListener('click', end);
saving.addEventListener('click', () => {
  for (const { look, steps } of sides) {
    const rows = steps.map(({ step, choice, loss, sftLoss, dpoLoss, gradientNorm, learningRate }) =>
      JSON.stringify({ step, choice, loss, sftLoss, dpoLoss, gradientNorm, learningRate }),
    );
    save(`${look.label}.jsonl`, new Blob([`${rows.join('\n')}\n`], { type: 'application/jsonl' }));
  }
});

/** Fills the form with the settings that the page begins with, or with those in its address. */
function fillForm(): void {
  for (const name of ['first', 'second']) {
    field(name).innerHTML = scheduleKeys.map((key) => `<option value="${key}">${looks[key].label}</option>`).join('');
  }
  const { schedules, ...rest } = defaults;
  const values: Record<string, string | number> = { first: schedules[0], second: schedules[1], ...rest };
  const address = new URLSearchParams(location.search);
  const refused: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const [input, given] = [field(name), address.get(name)];
    input.value = String(value);
    if (given === null) continue;
    if (canBeWritten(input, given)) input.value = given;
    if (holds(input, given)) continue;
    refused.push(`${name} = ${shortText(given, 40)}`);
    input.value = String(value);
  }
  showOutputs();
  if (refused.length > 0) say(`The address asks for ${refused.join(', ')}, which is none of the values that fit here.`);
}

/** Whether a field takes a text at all: what is no number in a field of numbers makes the browser warn on its console. */
function canBeWritten({ type }: ReturnType<typeof field>, text: string): boolean {
  return !['number', 'range'].includes(type) || (text.trim() !== '' && Number.isFinite(Number(text)));
}

/** Whether a field holds what was written into it: a slider moves to the nearest value that it has, without a word. */
function holds(input: ReturnType<typeof field>, text: string): boolean {
  const isSame = input.value === text || (text.trim() !== '' && Number(input.value) === Number(text));
  return isSame && input.value !== '' && input.checkValidity();
}

function showOutputs(): void {
  for (const output of form.querySelectorAll('output')) output.textContent = field(output.htmlFor.value).value;
}

function settings(): SessionSettings {
  const number = (name: string): number => Number(field(name).value);
  return {
    schedules: [field('first').value as ScheduleKey, field('second').value as ScheduleKey],
    lambda: number('lambda'),
    conflict: number('conflict'),
    steps: number('steps'),
    learningRate: number('learningRate'),
    seed: number('seed'),
    pretrainingSteps: number('pretrainingSteps'),
    examples: number('examples'),
    backend: field('backend').value as SessionSettings['backend'],
  };
}

function sidesOf(schedules: SessionSettings['schedules']): [Side, Side] {
  const side = (key: ScheduleKey): Side => ({ look: looks[key], losses: [], steps: [], answers: [] });
  return [side(schedules[0]), side(schedules[1])];
}

function begin(): void {
  end();
  const [chosen, files] = [settings(), ownFiles(form)];
  sides = sidesOf(chosen.schedules);
  ran = { ...chosen, model: modelWords(files) };
  showSettings();
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    hear(data, chosen);
  };
  worker.onerror = ({ message }) => {
    fail(message);
  };
  tell({ kind: 'start', settings: chosen, ...(files.length > 0 && { files }) });
  for (const button of [pause, reset]) button.disabled = false;
  start.disabled = true;
  say('Loading the engine.');
  show();
}

/** Ends what is running and forgets it. */
function end(): void {
  worker?.terminate();
  worker = undefined;
  ran = undefined;
  question = undefined;
  paused = false;
  pause.textContent = 'Pause';
  for (const button of [pause, reset, saving]) button.disabled = true;
  start.disabled = false;
  sides = sidesOf(settings().schedules);
  time.end();
  byId('transport').hidden = true;
  adapter.textContent = '';
  showSettings();
  say('Not started.');
  show();
}

function tell(message: ToWorker): void {
  worker?.postMessage(message);
}

function hear(message: FromWorker, chosen: SessionSettings): void {
  switch (message.kind) {
    case 'pretraining':
      if (!paused)
        say(`Learning the language: step ${message.step} of ${message.steps}, loss ${digits(message.loss)}.`);
      return;
    case 'backend':
      adapter.textContent = `Computes on ${message.description}. `;
      return;
    case 'model':
      adapter.textContent += heldWords(message);
      return;
    case 'question':
      question = message;
      break;
    case 'answer': {
      sides[message.side].answers.push(message);
      const steps = evaluatedSteps(sides);
      byId('transport').hidden = steps.length < 2;
      if (steps.length > 1) time.over(steps, trainingWords(sides));
      break;
    }
    case 'losses': {
      sides[message.side].losses.push(message);
      break;
    }
    case 'step': {
      sides[message.side].steps.push(message);
      saving.disabled = false;
      if (!paused) say(`Step ${message.step} of ${chosen.steps}.`);
      break;
    }
    case 'paused':
      if (paused) say('Paused.');
      return;
    case 'done':
      say(`Done: ${chosen.steps} steps of each.`);
      pause.disabled = true;
      start.disabled = false;
      break;
    case 'failed':
      fail(message.message);
  }
  show();
}

function fail(message: string): void {
  worker?.terminate();
  pause.disabled = true;
  start.disabled = false;
  say(`Stopped: ${message}`);
}

function say(text: string): void {
  status.textContent = text;
}

/** Shows what is known, once before the next frame however much has come. */
function show(): void {
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    draw();
    numbers.innerHTML = numbersHtml(sidesNow());
    showReplies();
  });
}

function draw(): void {
  const now = sidesNow();
  drawSpace(plots.space, now, sides);
  const { steps } = ran ?? settings();
  drawLosses(plots.sft, now, sides, 'sft', steps);
  drawLosses(plots.dpo, now, sides, 'dpo', steps);
}

/** Both models as they were after the step that the transport is at. */
function sidesNow(): readonly Side[] {
  return afterShare(sides, progress);
}

function showReplies(): void {
  byId('prompt').textContent = question?.prompt ?? (ran === undefined ? still.prompt : '…');
  byId('replies').innerHTML =
    question !== undefined ? repliesHtml(question, sidesNow()) : ran === undefined ? still.html : '';
}

/** Says what the run shown ran with, and whether the form has been changed since. */
function showSettings(): void {
  const line = byId('ran');
  if (ran === undefined) {
    line.textContent = still.words;
    return;
  }
  const { schedules, lambda, conflict, steps, learningRate, seed, pretrainingSteps, examples, backend, model } = ran;
  const names = schedules.map((key) => looks[key].label).join(' and ');
  const now = { ...settings(), model: modelWords(ownFiles(form)) };
  const changed = JSON.stringify(now) !== JSON.stringify(ran);
  line.textContent =
    `Shown: ${names}, λ ${lambda}, conflict ${conflict}, ${steps} steps, learning rate ${learningRate}, seed ${seed}, ` +
    `${model || `${pretrainingSteps} steps of pre-training`}, ${examples} examples, ${backend}.` +
    (changed ? ' The form has been changed since: Start runs what it says now.' : '');
}

/** The address holds what differs from the settings that the page begins with. */
function writeAddress(): void {
  const { schedules, ...rest } = defaults;
  const begins: Record<string, string | number> = { first: schedules[0], second: schedules[1], ...rest };
  const words = Object.entries(begins).flatMap(([name, value]) => {
    const now = field(name);
    return now.value === String(value) || !now.checkValidity() ? [] : [[name, now.value]];
  });
  const query = new URLSearchParams(words).toString();
  history.replaceState(null, '', query === '' ? location.pathname : `?${query}`);
}
