import { explained } from '../frame/explained.js';
import { scheduleList } from './schedule-list.js';
import type { State } from './state.js';

/** A number of the state that a slider and a box beside it change. */
interface NumberControl {
  /** Where it stands in the state. */
  readonly path: readonly string[];
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  /** Whether the slider goes by powers of ten. */
  readonly logarithmic?: boolean;
  /** What the box may hold beyond the slider's end. */
  readonly limit?: number;
  readonly hint?: string;
}

const ellipse = (name: 'dpo' | 'sft', title: string): NumberControl[] => [
  { path: ['quadratic', name, 'x'], label: `${title} x`, least: -3.2, most: 3.2, step: 0.05 },
  { path: ['quadratic', name, 'y'], label: `${title} y`, least: -2.4, most: 2.4, step: 0.05 },
  { path: ['quadratic', name, 'first'], label: `${title} first radius`, least: 0.3, most: 2.4, step: 0.05 },
  { path: ['quadratic', name, 'second'], label: `${title} second radius`, least: 0.3, most: 2.4, step: 0.05 },
  { path: ['quadratic', name, 'angle'], label: `${title} angle in degrees`, least: -90, most: 90, step: 1 },
];

/** The controls of every part of the form. */
const groups: Readonly<Record<string, readonly NumberControl[]>> = {
  quadratic: [
    { path: ['quadratic', 'noise'], label: 'Gradient noise σ', least: 0, most: 2, step: 0.05 },
    {
      path: ['quadratic', 'radius'],
      label: 'Ball of radius',
      least: 0,
      most: 6,
      step: 0.1,
      hint: '0: none, all of the plane',
    },
  ],
  ellipses: [
    ...ellipse('sft', 'SFT'),
    ...ellipse('dpo', 'DPO'),
    { path: ['quadratic', 'start', '0'], label: 'Start x', least: -3.2, most: 3.2, step: 0.05 },
    { path: ['quadratic', 'start', '1'], label: 'Start y', least: -2.4, most: 2.4, step: 0.05 },
  ],
  'log-linear': [
    {
      path: ['logLinear', 'conflict'],
      label: 'Conflict',
      least: -1,
      most: 1,
      step: 0.05,
      hint: '−1: the two agree, 1: they oppose each other',
    },
    { path: ['logLinear', 'beta'], label: 'β of DPO', least: 0.1, most: 3, step: 0.05, limit: 100 },
    { path: ['logLinear', 'candidates'], label: 'Candidate replies', least: 2, most: 20, step: 1, limit: 50 },
    { path: ['logLinear', 'examples'], label: 'Examples', least: 5, most: 300, step: 5, limit: 1000 },
    {
      path: ['batch'],
      label: 'Minibatch',
      least: 1,
      most: 100,
      step: 1,
      limit: 10_000,
      logarithmic: true,
      hint: 'the noise: few examples a step make rough gradients',
    },
    { path: ['logLinear', 'radius'], label: 'Ball of radius', least: 0.5, most: 10, step: 0.5, limit: 1000 },
    { path: ['logLinear', 'problemSeed'], label: 'Seed of the data', least: 0, most: 50, step: 1, limit: 1e9 },
  ],
  'closed-form': [
    { path: ['closedForm', 'noise'], label: 'Gradient noise σ', least: 0, most: 2, step: 0.05, limit: 100 },
    { path: ['closedForm', 'start'], label: 'Start', least: -3, most: 3, step: 0.05, limit: 100 },
  ],
  weight: [{ path: ['lambda'], label: 'λ', least: 0, most: 1, step: 0.01 }],
  schedules: [
    { path: ['firstStage'], label: 'Sequential: share of stage one', least: 0, most: 1, step: 0.01 },
    {
      path: ['period'],
      label: 'MAXRIGHT: evaluate every k steps, k',
      least: 1,
      most: 1000,
      step: 1,
      limit: 100_000,
      logarithmic: true,
    },
  ],
  steps: [{ path: ['steps'], label: 'Steps T', least: 10, most: 100_000, step: 1, logarithmic: true }],
  seeds: [
    { path: ['seeds'], label: 'Seeds', least: 1, most: 1000, step: 1, logarithmic: true },
    { path: ['seed'], label: 'First seed', least: 0, most: 1000, step: 1, limit: Number.MAX_SAFE_INTEGER },
  ],
};

/** The form: shows a state, and says how the visitor changes it. */
export interface Controls {
  show(state: State): void;
}

/** Fills the form with its controls. */
export function controls(form: HTMLFormElement, changed: (change: (state: State) => State) => void): Controls {
  const shows: ((state: State) => void)[] = [];
  for (const place of form.querySelectorAll<HTMLElement>('[data-controls]')) {
    for (const control of groups[place.dataset.controls ?? ''] ?? [])
      shows.push(numberControl(place, control, changed));
  }
  shows.push(scheduleList(form, changed));
  for (const radio of form.querySelectorAll<HTMLInputElement>('input[name=kind]')) {
    radio.addEventListener('change', () => {
      changed((state) => ({ ...state, kind: radio.value as State['kind'] }));
    });
    shows.push(({ kind }) => {
      radio.checked = radio.value === kind;
    });
  }
  const kinds = form.querySelectorAll<HTMLElement>('[data-kind]');
  shows.push(({ kind }) => {
    for (const part of kinds) part.hidden = part.dataset.kind !== kind;
  });
  return {
    show(state) {
      for (const show of shows) show(state);
    },
  };
}

function numberControl(
  place: HTMLElement,
  { path, label, least, most, step, logarithmic = false, limit = most, hint }: NumberControl,
  changed: (change: (state: State) => State) => void,
): (state: State) => void {
  const id = `control-${path.join('-')}`;
  const control = document.createElement('div');
  control.className = 'control';
  control.innerHTML = `<label for="${id}">${explained(label)}</label>
    <input type="range" aria-label="${label}" tabindex="-1" aria-hidden="true" min="${toSlider(least)}" max="${toSlider(most)}" step="${logarithmic ? 'any' : step}">
    <input type="number" id="${id}" min="${Math.min(least, least > 0 && !logarithmic ? 0 : least)}" max="${limit}" step="any" inputmode="decimal">
    ${hint === undefined ? '' : `<p class="hint">${hint}</p>`}`;
  place.append(control);
  const [slider, box] = control.querySelectorAll('input');
  const change = (value: number): void => {
    changed((state) => replaced(state, path, value));
  };
  slider.addEventListener('input', () => {
    const value = logarithmic ? rounded(10 ** Number(slider.value)) : Number(slider.value);
    change(Math.min(limit, Math.max(least, value)));
  });
  box.addEventListener('change', () => {
    const value = box.value.trim() === '' ? NaN : Number(box.value);
    if (value >= least && value <= limit && (step < 1 || Number.isInteger(value))) {
      box.setCustomValidity('');
      change(value);
    } else {
      box.setCustomValidity(`${label}: ${step < 1 ? 'a number' : 'a whole number'} from ${least} to ${limit}`);
      box.reportValidity();
    }
  });
  box.addEventListener('input', () => {
    box.setCustomValidity('');
  });
  box.step = String(logarithmic ? 1 : step);
  return (state) => {
    const value = Number(valueAt(state, path));
    slider.value = String(toSlider(value));
    if (box.value === '' || Number(box.value) !== value) {
      box.value = String(value);
      box.setCustomValidity('');
    }
  };

  function toSlider(value: number): number {
    return logarithmic ? Math.log10(value) : value;
  }

  /** Two digits, in whole numbers. */
  function rounded(value: number): number {
    return Math.round(Number(value.toPrecision(2)));
  }
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce((value, name) => (value as Readonly<Record<string, unknown>>)[name], object);
}

/** A copy of plain data with the value at a path replaced. */
function replaced<Data>(data: Data, [name, ...rest]: readonly string[], value: number): Data {
  const inner = (data as Readonly<Record<string, unknown>>)[name];
  const next = rest.length === 0 ? value : replaced(inner, rest, value);
  if (Array.isArray(data)) return data.map((entry: unknown, i) => (String(i) === name ? next : entry)) as Data;
  return { ...data, [name]: next };
}
