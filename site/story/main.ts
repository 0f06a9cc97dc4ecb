import '../chart/plots.css';
import './story.css';
import { faint, lightUp } from '../chart/light.js';
import { transport, type Transport } from '../chart/transport.js';
import { problemCommand } from '../playground/command.js';
import { toAddress } from '../playground/address.js';
import { jobOf } from '../playground/job.js';
import type { WorkerAnswer, EnsembleSummary } from '../playground/protocol.js';
import { workingWords, type Hovered, type Shown } from '../playground/shown.js';
import { initialState } from '../playground/state.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import { startComputing, type Computing } from './compute.js';
import { sectionControl } from './control.js';
import { languageModelFigure } from './language-model.js';
import type { Section } from './section.js';
import { sections } from './sections/index.js';

/** Addresses of the playground from before the story stood here lead there, with their state. */
function leadOn(): boolean {
  const isState = /^#.*=/.test(location.hash);
  if (isState) location.replace(`./playground.html${location.hash}`);
  return isState;
}
addEventListener('hashchange', leadOn);
if (!leadOn()) begin();

function begin(): void {
  const computing = startComputing();
  for (const section of [...sections].reverse()) show(section, computing);
  const last = document.querySelector<HTMLElement>('#language-model figure');
  if (last !== null) languageModelFigure(last);
  const main = document.querySelector('main');
  if (main !== null) lightUp(main);
}

/** Brings a section to life: its figure, its control, and the sentence below. */
function show(section: Section, computing: Computing): void {
  const { id, control, needs } = section;
  const figure = document.querySelector<HTMLElement>(`#${id} figure`);
  if (figure === null) throw new Error(`the story has no section ${id}`);
  const panes = [...figure.querySelectorAll<HTMLElement>('.plot')];
  figure.insertAdjacentHTML(
    'beforeend',
    `<div class="controls"><div class="own"></div><div class="time" hidden></div></div>
    <figcaption aria-live="polite">…</figcaption>
    <details class="same"><summary>The same at the command line</summary><pre tabindex="0"></pre><a class="onwards">Open it in the playground</a></details>`,
  );
  const part = (selector: string): HTMLElement => {
    const found = figure.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`a figure without ${selector}`);
    return found;
  };
  const caption = part('figcaption');
  const light = document.head.appendChild(document.createElement('style'));

  let value = control.initial;
  const nothing: Shown = {
    ...{ scene: undefined, theory: undefined, front: undefined, choice: undefined, remedies: [] },
    ...{ ensembles: new Map<ScheduleKey, EnsembleSummary>(), progress: 1, state: initialState },
  };
  let shown = nothing;
  let asked = '';
  let drawing = false;
  /** When the input came that nothing has been drawn for yet, and whether there is something to draw for it. */
  let redrawnFor: number | undefined;
  let answeredSince = false;
  let hasDrawnRuns = false;

  // The first figure plays once by itself, which shows what the others' buttons are for.
  let hasBegun = section !== sections[0];
  let time: Transport | undefined;
  if (needs.includes('runs') && section.progress === undefined) {
    const host = part('.time');
    host.hidden = false;
    time = transport(host, (progress) => {
      shown = { ...shown, progress };
      draw();
    });
  }
  const change = (to: number): void => {
    if (to === value) return;
    const inputAt = performance.now();
    value = to;
    time?.end();
    own?.show(value);
    update(inputAt);
  };
  const own = control.transport === true ? undefined : sectionControl(part('.own'), id, control, change);
  const hover = (hovered: Hovered | undefined): void => {
    shown = { ...shown, hovered };
    draw();
  };
  const views = section.views(panes, { change, hover });
  update(undefined);

  function update(inputAt: number | undefined): void {
    const state = section.state(value, shown);
    shown = { ...shown, state, progress: section.progress?.(value, shown) ?? shown.progress };
    const job = jobOf(state);
    const name = JSON.stringify(job);
    if (name !== asked) {
      asked = name;
      redrawnFor = inputAt;
      computing.ask(id, job, needs, hear);
    } else {
      redrawnFor = inputAt;
      answeredSince = true;
    }
    draw();
  }

  function hear(answer: WorkerAnswer): void {
    switch (answer.kind) {
      case 'scene':
        shown = { ...shown, scene: answer.scene };
        break;
      case 'theory':
        shown = { ...shown, theory: answer.theory };
        break;
      case 'front':
        if (!needs.includes('budget')) return;
        shown = { ...shown, front: answer.front };
        break;
      case 'choice':
        if (!needs.includes('budget')) return;
        shown = { ...shown, choice: answer.choice };
        break;
      case 'remedies':
        if (!needs.includes('remedies')) return;
        shown = { ...shown, remedies: answer.remedies };
        break;
      case 'ensemble':
        shown = { ...shown, ensembles: new Map([...shown.ensembles, [answer.key, answer.ensemble]]) };
        time?.over(answer.ensemble.steps, workingWords(shown.state));
        if (!hasBegun) time?.once();
        hasBegun = true;
        break;
      case 'refused':
        caption.textContent = answer.refusal.message;
        return;
      case 'sweep':
      case 'done':
        return;
    }
    answeredSince = true;
    draw();
  }

  /** Draws everything once before the next frame. */
  function draw(): void {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      for (const view of views) view.draw(shown);
      if (!hasDrawnRuns && shown.ensembles.size > 0) performance.mark(`first runs of ${id}`);
      hasDrawnRuns ||= shown.ensembles.size > 0;
      const sentence = section.sentence(shown, value);
      // A sentence is put in place only where it is another: readers hear each change.
      if (sentence !== undefined && sentence !== caption.dataset.said) {
        caption.innerHTML = sentence;
        caption.dataset.said = sentence;
      }
      light.textContent = section.lit === undefined ? '' : faint(`#${id}`, section.lit(value));
      const problem = shown.scene === undefined ? [] : problemCommand(shown.state, shown.scene.problemText);
      part('pre').textContent = [...problem, section.command(shown, value)].join('\n');
      if (redrawnFor !== undefined && answeredSince) {
        performance.measure('input to redraw', { start: redrawnFor });
        redrawnFor = undefined;
      }
      answeredSince = false;
    });
  }

  part('details').addEventListener('toggle', () => {
    // The playground runs something always.
    const schedules = shown.state.schedules.length === 0 ? initialState.schedules : shown.state.schedules;
    const state = { ...shown.state, schedules };
    void toAddress(state).then((address) => {
      part('.onwards').setAttribute('href', `./playground.html#${address}`);
    });
  });
}
