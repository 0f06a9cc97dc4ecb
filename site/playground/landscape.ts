import { contours } from 'd3-contour';
import { canvas, linear, linePath, px, stroke, symbol, uniqueName, type Scale } from '../chart/plot.js';
import { cssInk } from '../chart/scheme.js';
import { handles, type QuadraticChange } from './handles.js';
import { hoveredTheta, ring } from './hovered.js';
import { line } from './landscape-line.js';
import { marks, type MarkDrawing, type MarkName } from './landscape-marks.js';
import type { Scene, PlaneWindow } from './protocol.js';
import { lookIn, reached, shownEnsembles, type Shown, type PageView } from './shown.js';
import type { Ellipse, State } from './state.js';

/** The part of the plane in which quadratics are drawn and dragged. */
export const quadraticWindow: PlaneWindow = { x: [-3.4, 3.4], y: [-2.55, 2.55] };

/** Level of the ellipse that the handles hold, and the others around it: radii double from one to the next. */
const ellipseLevels = [0.03125, 0.125, 0.5, 2, 8, 32];

/** What a landscape shows besides its contours and paths. */
interface LandscapeOptions {
  /** Told how a hand changes the quadratics; where absent nothing can be dragged. */
  readonly changed?: (change: QuadraticChange) => void;
  /** The points that are marked; all where absent. */
  readonly marked?: readonly MarkName[];
  /** Whether the schedules have their names where they are; unless told they have. */
  readonly named?: boolean;
}

/** The landscape with its contours, the minimisers, and the paths that the schedules take. */
export function landscapeView(host: HTMLElement, { changed, marked, named = true }: LandscapeOptions = {}): PageView {
  let last: Shown | undefined;
  const name = uniqueName('landscape-clip');
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'Landscape: both objectives, their minimisers and the paths of the schedules');
  svg.innerHTML = `<clipPath id="${name}"><rect rx="6"/></clipPath><g class="backdrop" clip-path="url(#${name})"></g>`;
  const backdrop = svg.querySelector('.backdrop');
  const clip = svg.querySelector('rect');
  const held = changed === undefined ? undefined : handles(svg, changed);

  function draw(shown: Shown): void {
    last = shown;
    if (backdrop === null || clip === null || width() === 0) return;
    for (const [attribute, value] of Object.entries({ width: width(), height: height() }))
      clip.setAttribute(attribute, px(value));
    const { scene } = shown;
    if (scene?.dimension === 1) {
      held?.hide();
      backdrop.innerHTML = line(shown, scene, { left: 0, right: width(), top: 0, bottom: height() }, rem());
      return;
    }
    const window = shown.state.kind === 'quadratic' ? quadraticWindow : scene?.window;
    if (window === undefined) return;
    const x = linear(window.x, [0, width()]);
    const y = linear(window.y, [height(), 0]);
    const area = { left: 0, right: width(), top: 0, bottom: height() };
    backdrop.innerHTML = plane(shown, { x, y, rem: rem(), area, held: held !== undefined, marked, named });
    if (shown.state.kind === 'quadratic') held?.show(shown.state.quadratic, x, y, rem());
    else held?.hide();
  }
  return { draw };
}

/** d ≥ 2: the plane, from the state itself where that says all, so that it follows the hand at once. */
function plane(shown: Shown, { held, ...drawing }: Omit<MarkDrawing, 'set'>): string {
  const { state, scene, theory } = shown;
  const { x, y, rem } = drawing;
  const layers: string[] = [];
  if (scene !== undefined) layers.push(hill(state, scene, x, y));
  if (state.kind === 'quadratic') {
    layers.push(ellipses(state.quadratic.sft, 'sft', x, y), ellipses(state.quadratic.dpo, 'dpo', x, y));
  } else if (scene !== undefined) {
    layers.push(gridLevels(state, scene, x, y));
  }
  if (scene !== undefined && scene.radius < Infinity && scene.dimension === 2) {
    const across = x(scene.radius) - x(0);
    layers.push(`<circle class="ball" cx="${px(x(0))}" cy="${px(y(0))}" r="${px(across)}"/>`);
  }
  const front = theory?.front ?? [];
  const set = linePath(front.length, (i) => [x(front[i].point[0]), y(front[i].point[1])]);
  layers.push(`<path class="pareto-set" d="${set}"/>`, ...paths(shown, x, y, rem));
  if (scene !== undefined)
    layers.push(marks(shown, scene, { ...drawing, set, held: held && state.kind === 'quadratic' }));
  return layers.join('');
}

/** F_λ − min F_λ as a hill of thin sheets. */
const hill = kept(({ lambda }: Pick<State, 'lambda'>, scene: Scene, x: Scale, y: Scale): string => {
  const { field, referenceOptima, window } = scene;
  const { dpo, sft, columns, rows } = field;
  const lowest =
    referenceOptima.weightedSum.value - lambda * referenceOptima.dpo.value - (1 - lambda) * referenceOptima.sft.value;
  const values = Array.from(dpo, (value, i) => lowest - lambda * value - (1 - lambda) * sft[i]);
  const highest = values.reduce((most, value) => Math.max(most, -value), 0);
  const sheets = Array.from({ length: 9 }, (_, k) => -highest * 0.7 * 0.5 ** k);
  const shapes = contours().size([columns, rows]).thresholds(sheets)(values);
  return shapes
    .map(({ coordinates }) => `<path class="sheet" d="${rings(coordinates, columns, rows, window, x, y)}"/>`)
    .join('');
});

/** The level lines of a quadratic, exactly. */
function ellipses(ellipse: Ellipse, name: 'dpo' | 'sft', x: Scale, y: Scale): string {
  const unit = x(1) - x(0);
  const place = `translate(${px(x(ellipse.x))},${px(y(ellipse.y))}) rotate(${px(-ellipse.angle)})`;
  return ellipseLevels
    .map((level) => {
      const [a, b] = [ellipse.first, ellipse.second].map((radius) => px(unit * radius * Math.sqrt(2 * level)));
      return `<ellipse class="contour ${name}${level === 0.5 ? ' held' : ''}" rx="${a}" ry="${b}" transform="${place}"/>`;
    })
    .join('');
}

/** The level lines of both objectives on the grid, each gap 2.2 times the next. */
const gridLevels = kept((_: unknown, scene: Scene, x: Scale, y: Scale): string => {
  const { field, window } = scene;
  const { columns, rows } = field;
  return (['sft', 'dpo'] as const)
    .flatMap((name) => {
      const highest = field[name].reduce((most, value) => Math.max(most, value), 0);
      // Of the negative, so that a ring holds what lies below its level.
      const thresholds = Array.from({ length: 9 }, (_, k) => -0.8 * highest * 2.2 ** -k);
      return contours()
        .size([columns, rows])
        .thresholds(thresholds)(Array.from(field[name], (value) => -value))
        .map(
          ({ coordinates }) => `<path class="contour ${name}" d="${rings(coordinates, columns, rows, window, x, y)}"/>`,
        );
    })
    .join('');
});

/** A drawing of the scene that is made anew only where the scene, λ or the scale is another. */
function kept(
  drawn: (state: Pick<State, 'lambda'>, scene: Scene, x: Scale, y: Scale) => string,
): (state: Pick<State, 'lambda'>, scene: Scene, x: Scale, y: Scale) => string {
  let last: { scene: Scene; name: string; drawing: string } | undefined;
  return (state, scene, x, y) => {
    const name = [state.lambda, x(0), x(1), y(0), y(1)].join();
    if (last?.scene !== scene || last.name !== name) last = { scene, name, drawing: drawn(state, scene, x, y) };
    return last.drawing;
  };
}

/** d3-contour puts the grid's first value at 0.5; its rings along the border lie outside the window. */
function rings(shapes: number[][][][], columns: number, rows: number, window: PlaneWindow, x: Scale, y: Scale): string {
  const across = (column: number): number =>
    x(window.x[0] + ((column - 0.5) / (columns - 1)) * (window.x[1] - window.x[0]));
  const up = (row: number): number => y(window.y[0] + ((row - 0.5) / (rows - 1)) * (window.y[1] - window.y[0]));
  return shapes
    .flat()
    .map((ring) => `${linePath(ring.length, (i) => [across(ring[i][0]), up(ring[i][1])])}Z`)
    .join('');
}

/** The first seed's path of every schedule as far as it has come, and where all seeds end. */
function paths(shown: Shown, x: Scale, y: Scale, rem: number): string[] {
  const { state } = shown;
  const runs = shownEnsembles(shown);
  const trails = runs.map(([key, { path, steps }]) => {
    const at = reached({ steps }, shown.progress);
    const trail = linePath(at + 1, (i) => [x(path[2 * i]), y(path[2 * i + 1])]);
    return `<path class="trail" data-schedule="${key}" d="${trail}" ${stroke(lookIn(state, key), 0.12 * rem)}/>`;
  });
  const clouds = runs.map(([key, { ends }]) =>
    shown.progress < 1 ? '' : dots(ends, x, y, key, cssInk(lookIn(state, key).colour), 0.11 * rem),
  );
  const heads = runs.map(([key, { path, steps }]) => {
    const at = reached({ steps }, shown.progress);
    return symbol(lookIn(state, key), x(path[2 * at]), y(path[2 * at + 1]), 0.36 * rem, `data-schedule="${key}"`);
  });
  const theta = hoveredTheta(shown);
  return [...trails, ...clouds, ...heads, theta === undefined ? '' : ring(x(theta[0]), y(theta[1]), rem)];
}

/**
 * Dots at points given as x and y alternating: one path of lines without length and with round ends, for an element for
 * each dot costs a drag most of its time.
 */
export function dots(points: Float64Array, x: Scale, y: Scale, key: string, colour: string, radius: number): string {
  let d = '';
  for (let i = 0; i < points.length; i += 2) d += `M${px(x(points[i]))},${px(y(points[i + 1]))}h0`;
  return `<path class="cloud" data-schedule="${key}" d="${d}" stroke="${colour}" stroke-width="${px(2 * radius)}"/>`;
}
