import '../chart/plots.css';
import './language-model.css';
import { looks } from '../../src/figure/theme.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import { save } from '../chart/export.js';
import { lightUp } from '../chart/light.js';
import { transport } from '../chart/transport.js';
import { modelWords, ownFiles } from './own-files.js';
import { digits, heldWords, numbersHtml, type ToldStep } from './numbers.js';
import { repliesHtml } from './replies.js';
import { drawLosses, drawSpace, plotOf, type HoveredPoint, type Side } from './plots.js';
import type { AskedQuestion, FromWorker, ToWorker } from './protocol.js';
import { recorded } from './recorded.js';
import { afterShare, evaluatedSteps, trainingWords } from './replay.js';
import { settingsForm } from './form.js';
import { defaults, type SessionSettings } from './settings.js';
import { verdict } from './verdict.js';

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}
const form = byId('settings') as HTMLFormElement;
const { fill, settings, writeAddress } = settingsForm(form);
const [start, pause, reset, saving] = ['start', 'pause', 'reset', 'save'].map((id) => byId(id) as HTMLButtonElement);
const [status, adapter, numbers] = ['status', 'adapter', 'numbers'].map((id) => byId(id));
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
/** The point of objective space that the pointer is on. */
let hovered: HoveredPoint | undefined;
let nearest: ReturnType<typeof drawSpace> = () => undefined;

const plots = {
  space: plotOf(byId('space'), draw),
  sft: plotOf(byId('sft-loss'), draw),
  dpo: plotOf(byId('dpo-loss'), draw),
};

const time = transport(byId('transport'), (share) => {
  progress = share;
  show();
});

plots.space.svg.addEventListener('pointermove', ({ clientX, clientY }) => {
  const { left, top } = plots.space.svg.getBoundingClientRect();
  hover(nearest(clientX - left, clientY - top));
});
plots.space.svg.addEventListener('pointerleave', () => {
  hover(undefined);
});
lightUp(byId('main'));

const refused = fill();
if (refused.length > 0) say(`The address asks for ${refused.join(', ')}, which is none of the values that fit here.`);
showSettings();
showRecorded();

form.addEventListener('input', () => {
  writeAddress();
  showSettings();
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

function sidesOf(schedules: SessionSettings['schedules']): [Side, Side] {
  const side = (key: ScheduleKey): Side => ({ key, look: looks[key], losses: [], steps: [], answers: [] });
  return [side(schedules[0]), side(schedules[1])];
}

function begin(): void {
  end();
  const [chosen, files] = [settings(), ownFiles(form)];
  sides = sidesOf(chosen.schedules);
  ran = { ...chosen, model: modelWords(files) };
  byId('transport').hidden = true;
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
  time.end();
  adapter.textContent = '';
  showSettings();
  say('Not started.');
  showRecorded();
}

/** Shows the session that was recorded, to go through until somebody starts a run. */
function showRecorded(): void {
  byId('transport').hidden = false;
  time.over(evaluatedSteps(recorded.sides), trainingWords(recorded.sides));
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
  const drawn = { sides: sidesNow(), all: allSides(), hovered };
  nearest = drawSpace(plots.space, drawn);
  const { steps } = ran ?? recorded.settings;
  drawLosses(plots.sft, drawn, 'sft', steps);
  drawLosses(plots.dpo, drawn, 'dpo', steps);
}

/** Shows the point that the pointer is on in all plots. */
function hover(found: HoveredPoint | undefined): void {
  if (found?.side === hovered?.side && found?.at === hovered?.at) return;
  hovered = found;
  show();
}

/** Both models of the run, or of the session that was recorded. */
function allSides(): readonly [Side<ToldStep>, Side<ToldStep>] {
  return ran === undefined ? recorded.sides : sides;
}

/** Both models as they were after the step that the transport is at. */
function sidesNow(): readonly Side<ToldStep>[] {
  return afterShare(allSides(), progress);
}

function showReplies(): void {
  const asked = ran === undefined ? recorded.question : question;
  byId('prompt').textContent = asked?.prompt ?? '…';
  byId('replies').innerHTML = asked === undefined ? '' : repliesHtml(asked, sidesNow());
  byId('verdict').innerHTML = verdict(sidesNow(), ran ?? recorded.settings);
}

/** Says what the run shown ran with, and whether the form has been changed since. */
function showSettings(): void {
  const line = byId('ran');
  if (ran === undefined) {
    const { lambda, steps } = recorded.settings;
    line.textContent = `Recorded beforehand, with the settings that this page begins with: λ ${lambda}, ${steps} steps. Start trains both models here.`;
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
