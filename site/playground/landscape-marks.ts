import { directLabels, joined, type DirectLabel } from '../chart/direct-labels.js';
import { px, type PlotArea, type Scale } from '../chart/plot.js';
import { handleBoxes } from './handles.js';
import type { Scene } from './protocol.js';
import { isPassing, nameIn, reached, shownEnsembles, type Shown } from './shown.js';

/** The points of a landscape that can be marked. */
export type MarkName = 'start' | 'sft' | 'dpo' | 'weightedSum' | 'chebyshev' | 'budget';

/** A point of the plane that is marked: its place, its name, and what it is. */
interface Mark {
  readonly at: readonly [number, number];
  readonly label: string;
  readonly title: string;
  readonly name: MarkName;
}

/** How marks are drawn. */
export interface MarkDrawing {
  readonly x: Scale;
  readonly y: Scale;
  readonly rem: number;
  readonly area: PlotArea;
  /** The Pareto set, as a path. */
  readonly set: string;
  /** Whether minimisers and start are shown by what holds them. */
  readonly held: boolean;
  /** The points that are marked; all where undefined. */
  readonly marked: readonly MarkName[] | undefined;
  readonly named: boolean;
}

/** The points of interest, and their names, those of the schedules and of the Pareto set, which keep off each other. */
export function marks(all: Shown, scene: Scene, { x, y, rem, area, set, held, marked, named }: MarkDrawing): string {
  const { state, choice, theory } = all;
  const { referenceOptima } = scene;
  const own: readonly Mark[] = [
    { at: scene.start, label: 'start', title: 'start', name: 'start' },
    { at: referenceOptima.sft.point, label: 'SFT', title: 'minimiser of f_SFT', name: 'sft' },
    { at: referenceOptima.dpo.point, label: 'DPO', title: 'minimiser of f_DPO', name: 'dpo' },
  ];
  const within: readonly Mark[] =
    choice === undefined || 'reason' in choice
      ? []
      : [{ at: choice.point, label: 'budget', title: 'the point of the front within the budget', name: 'budget' }];
  const others: readonly Mark[] = [
    {
      at: referenceOptima.weightedSum.point,
      label: 'θ*_λ',
      title: 'minimiser of F_λ, where Mix and ALRIGHT go',
      name: 'weightedSum',
    },
    {
      at: referenceOptima.chebyshev.point,
      label: 'θ°',
      title: 'minimiser of F_max, where MAXRIGHT goes',
      name: 'chebyshev',
    },
    ...within,
  ];
  const shown = [...(held ? [] : own), ...others].filter(({ name }) => marked?.includes(name) ?? true);
  const crosses = shown.map(({ at: [a, b], title, name }) => {
    const r = 0.28 * rem;
    const drawn =
      name === 'budget'
        ? `M${px(-r)},${px(-r)}h${px(2 * r)}v${px(2 * r)}h${px(-2 * r)}Z`
        : `M${px(-r)},0H${px(r)}M0,${px(-r)}V${px(r)}`;
    return `<g class="reference-optimum ${name}" transform="translate(${px(x(a))},${px(y(b))})"><title>${title}</title><path d="${drawn}"/></g>`;
  });
  const names = shown.map(({ at: [a, b], label }) => ({ text: label, x: x(a), y: y(b), name: 'strong' }));
  const front = theory?.front ?? [];
  // Between SFT's minimiser and θ*_λ, where there is more room than among the ends of runs.
  const between = front.find(({ lambda }) => lambda >= 0.4 * state.lambda);
  const setName =
    between === undefined || !(marked?.includes('weightedSum') ?? true)
      ? []
      : [{ text: 'Pareto set', x: x(between.point[0]), y: y(between.point[1]) }];
  return (
    crosses.join('') +
    directLabels(
      [
        ...names,
        ...(named
          ? joined(
              headNames(all, ([a, b]) => [x(a), y(b)], area),
              0.5 * rem,
            )
          : []),
        ...setName,
      ],
      area,
      0.85 * rem,
      { lines: [set], boxes: held ? handleBoxes(state.quadratic, x, y, rem) : [] },
    )
  );
}

/**
 * The schedules' names where their paths have come to, as far as that is in sight; none while seeds are still running.
 * @param place where a point after a step is drawn
 */
export function headNames(
  shown: Shown,
  place: (point: readonly [number, number], step: number) => readonly [number, number],
  { left, right, top, bottom }: PlotArea,
): DirectLabel[] {
  if (isPassing(shown)) return [];
  return shownEnsembles(shown)
    .map(([key, { path, steps }]) => {
      const at = reached({ steps }, shown.progress);
      const [x, y] = place([path[2 * at], path[2 * at + 1]], steps[at]);
      return { text: nameIn(shown.state, key), x, y, shows: `data-schedule="${key}"` };
    })
    .filter((head) => head.x >= left && head.x <= right && head.y >= top && head.y <= bottom);
}
