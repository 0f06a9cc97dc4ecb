import { canvas, linear, linePath, logarithmic, px, stroke } from '../chart/plot.js';
import { significant } from '../../src/base/text.js';
import { lookOf } from '../../src/figure/theme.js';
import { paper } from '../../src/schedule/key.js';
import type { Sweep } from './protocol.js';
import type { Shown, PageView } from './shown.js';
import type { State } from './state.js';

/** What a small picture beside a slider shows: the gap as the slider's setting moves. */
interface Swept {
  readonly points: Sweep['points'];
  /** The setting now, and the gap that the table or the optima have for it; none while seeds are still running. */
  readonly here: { readonly key: string; readonly value: number; readonly gap: number } | undefined;
  /** What stands above: the gap now in words. */
  readonly words: string;
  /** What the curves are. */
  readonly title: string;
}

interface SweepPicture {
  /** The control that it stands below. */
  readonly control: string;
  readonly domain: readonly [number, number];
  readonly logarithmic?: boolean;
  swept(shown: Shown): Swept | undefined;
}

/** The sweeps in the order of their sliders. A new one is an entry here, and one of `sweptValues`. */
const pictures: readonly SweepPicture[] = [
  {
    control: 'control-logLinear-conflict',
    domain: [-1, 1],
    swept: (shown) => overConflict(shown),
  },
  { control: 'control-lambda', domain: [0, 1], swept: overLambda },
  {
    control: 'control-firstStage',
    domain: [0, 1],
    swept: (shown) => overRuns(shown, 'share', shown.state.firstStage, `share ${shown.state.firstStage}`),
  },
  {
    control: 'control-steps',
    domain: [10, 100_000],
    logarithmic: true,
    swept: (shown) => overRuns(shown, 'steps', shown.state.steps, `T = ${shown.state.steps.toLocaleString('en')}`),
  },
];

/** Draws what the gap becomes as a slider moves below each slider that is swept. */
export function sweepViews(form: HTMLElement): PageView[] {
  return pictures.flatMap((picture) => {
    const control = form.querySelector(`#${picture.control}`)?.closest('.control');
    if (control === null || control === undefined) return [];
    const host = document.createElement('div');
    host.className = 'plot sweep';
    host.dataset.sweep = picture.control;
    control.after(host);
    return [sweepView(host, picture)];
  });
}

function sweepView(host: HTMLElement, picture: SweepPicture): PageView {
  let last: Shown | undefined;
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');

  function draw(shown: Shown): void {
    last = shown;
    const swept = picture.swept(shown);
    svg.setAttribute(
      'aria-label',
      swept === undefined ? 'The gap over this setting' : `${swept.title}: ${swept.words}`,
    );
    if (swept === undefined || width() === 0) {
      svg.innerHTML = '';
      return;
    }
    const { points, here, words, title } = swept;
    const keys = Object.keys(points[0]?.gaps ?? {});
    const gaps = [...points.flatMap((point) => Object.values(point.gaps)), here?.gap ?? 0].filter(Number.isFinite);
    const across = [0.4 * rem(), width() - 0.4 * rem()] as const;
    const x = picture.logarithmic === true ? logarithmic(picture.domain, across) : linear(picture.domain, across);
    const y = linear([0, Math.max(...gaps, 1e-9)], [height() - 0.3 * rem(), 1.4 * rem()]);
    const lines = keys.map(
      (key) =>
        `<path class="sweep-line" data-schedule="${key}" d="${linePath(points.length, (i) => [x(points[i].value), y(points[i].gaps[key] ?? NaN)])}" ${stroke(lookOf(key), 0.13 * rem())}/>`,
    );
    const [least, most] = picture.domain;
    // A setting typed beyond the slider's range has no place on it.
    const point =
      here === undefined || !Number.isFinite(here.gap) || here.value < least || here.value > most
        ? ''
        : `<circle class="point" cx="${px(x(here.value))}" cy="${px(y(here.gap))}" r="${px(0.26 * rem())}"/>`;
    svg.innerHTML = `<title>${title}</title><path class="grid" d="M${px(across[0])},${px(y(0))}H${px(across[1])}"/>${lines.join('')}${point}
      <text x="${px(across[1])}" y="${px(0.85 * rem())}" text-anchor="end" font-size="${px(0.72 * rem())}">${words}</text>`;
  }
  return { draw };
}

/** Sequential's limit Δ over λ: the front has all that it takes. */
function overLambda({ scene, theory, state }: Shown): Swept | undefined {
  if (scene === undefined || theory === undefined) return undefined;
  const { dpo: end, weightedSum } = scene.referenceOptima;
  const at = (lambda: number, least: number): number => Math.max(0, lambda * end.dpo + (1 - lambda) * end.sft - least);
  const key = paper.sftThenDpo;
  const points = theory.front.map(({ lambda, dpo, sft }) => ({
    value: lambda,
    gaps: { [key]: at(lambda, lambda * dpo + (1 - lambda) * sft) },
  }));
  const gap = at(state.lambda, weightedSum.value);
  return {
    points,
    here: { key, value: state.lambda, gap },
    words: `Sequential’s limit Δ = ${significant(gap, 3)} at λ = ${state.lambda}`,
    title: 'Sequential’s limit Δ over λ',
  };
}

/** Sequential's limit Δ over the conflict of the data. */
function overConflict({ scene, sweeps, state }: Shown): Swept | undefined {
  const sweep = sweeps?.get('conflict');
  if (sweep === undefined || scene === undefined || state.kind !== 'log-linear') return undefined;
  const { dpo: end, weightedSum } = scene.referenceOptima;
  const gap = Math.max(0, state.lambda * end.dpo + (1 - state.lambda) * end.sft - weightedSum.value);
  const value = state.logLinear.conflict;
  return {
    points: sweep.points,
    here: { key: paper.sftThenDpo, value, gap },
    words: `Sequential’s limit Δ = ${significant(gap, 3)} at conflict ${value}`,
    title: 'Sequential’s limit Δ over the conflict',
  };
}

/** The gap of runs over one of their settings. */
function overRuns(
  { sweeps, ensembles, state }: Shown,
  name: Sweep['name'],
  value: number,
  setting: string,
): Swept | undefined {
  const sweep = sweeps?.get(name);
  const key = Object.keys(sweep?.points[0]?.gaps ?? {}).at(0);
  if (sweep === undefined || key === undefined) return undefined;
  const run = ensembles.get(key);
  const gap = run?.seeds === state.seeds && run.steps.at(-1) === state.steps ? run.final.gap.mean : NaN;
  const names = Object.keys(sweep.points[0].gaps).map((one) => lookOf(one).label);
  return {
    points: sweep.points,
    here: { key, value, gap },
    words: `${lookOf(key).label}: gap ${Number.isFinite(gap) ? significant(gap, 3) : '…'} at ${setting}`,
    title: `Gap of ${names.join(' and ')} over ${name === 'share' ? 'the share of stage one' : 'T'}, means of ${sweep.seeds} seeds`,
  };
}

/** The sweeps that a change of the state leaves true: those over the only setting that changed. */
export function stillTrue(
  sweeps: NonNullable<Shown['sweeps']>,
  before: State,
  after: State,
): NonNullable<Shown['sweeps']> {
  const without: Readonly<Record<Sweep['name'], (state: State) => object>> = {
    share: (state) => ({ ...state, firstStage: 0 }),
    steps: (state) => ({ ...state, steps: 0 }),
    conflict: (state) => ({ ...state, logLinear: { ...state.logLinear, conflict: 0 }, steps: 0, firstStage: 0 }),
  };
  const rest = { file: 0, measure: 0, remedies: 0, forgetAtMost: 0 };
  const same = (name: Sweep['name']): boolean =>
    JSON.stringify({ ...without[name](before), ...rest }) === JSON.stringify({ ...without[name](after), ...rest });
  return before.file === after.file ? new Map([...sweeps].filter(([name]) => same(name))) : new Map();
}
