import type { Box } from '../../src/figure/labels.js';
import { px, type Scale } from '../chart/plot.js';
import type { Ellipse, QuadraticChoice } from './state.js';

/** How a handle changes the pair of quadratics. */
export type QuadraticChange = (quadratic: QuadraticChoice) => QuadraticChoice;

/** The handles on the landscape. */
export interface Handles {
  /** Puts every handle where the state has it. */
  show(quadratic: QuadraticChoice, x: Scale, y: Scale, rem: number): void;
  hide(): void;
}

/** One thing to drag, by pointer or arrow keys. */
interface Handle {
  readonly name: string;
  /** What it is, for those who cannot see it. */
  readonly label: string;
  readonly keys: string;
  readonly of: 'dpo' | 'sft' | 'start';
  readonly kind: 'centre' | 'first' | 'second';
  /** Where it is. */
  at(quadratic: QuadraticChoice): readonly [number, number];
  /** Its numbers in words. */
  text(quadratic: QuadraticChoice): string;
  /** The pair after it was brought to a point. */
  moved(quadratic: QuadraticChoice, point: readonly [number, number]): QuadraticChoice;
  /** The pair after an arrow key: steps to the right and up. */
  nudged(quadratic: QuadraticChoice, right: number, up: number): QuadraticChoice;
}

const handleList: readonly Handle[] = [...ellipseHandles('sft', 'SFT'), ...ellipseHandles('dpo', 'DPO'), startHandle()];

/** The smallest and the largest radius of an ellipse, and how far a point may go. */
const [leastRadius, mostRadius, reach] = [0.3, 2.4, { x: 3.2, y: 2.4 }];

function ellipseHandles(of: 'dpo' | 'sft', title: string): Handle[] {
  const change = (quadratic: QuadraticChoice, parts: Partial<Ellipse>): QuadraticChoice => ({
    ...quadratic,
    [of]: { ...quadratic[of], ...parts },
  });
  const axis = (kind: 'first' | 'second', turn: number): Handle => ({
    name: `${of}-${kind}`,
    of,
    kind,
    label: `${title}: ${kind} axis of the ellipse`,
    keys: 'Up and down stretch, left and right turn',
    at({ [of]: ellipse }) {
      const angle = ((ellipse.angle + turn) * Math.PI) / 180;
      return [ellipse.x + ellipse[kind] * Math.cos(angle), ellipse.y + ellipse[kind] * Math.sin(angle)];
    },
    text: ({ [of]: ellipse }) => `radius ${ellipse[kind]}, turned by ${ellipse.angle} degrees`,
    moved(quadratic, [x, y]) {
      const ellipse = quadratic[of];
      const [dx, dy] = [x - ellipse.x, y - ellipse.y];
      return change(quadratic, {
        [kind]: radius(Math.hypot(dx, dy)),
        angle: turned((Math.atan2(dy, dx) * 180) / Math.PI - turn),
      });
    },
    nudged: (quadratic, right, up) =>
      change(quadratic, {
        [kind]: radius(quadratic[of][kind] + up * 0.05),
        angle: turned(quadratic[of].angle - right * 3),
      }),
  });
  return [
    {
      name: of,
      of,
      kind: 'centre',
      label: `${title}: minimiser`,
      keys: 'Arrow keys move',
      at: ({ [of]: { x, y } }) => [x, y],
      text: ({ [of]: { x, y } }) => `at ${x}, ${y}`,
      moved: (quadratic, point) => change(quadratic, placed(point)),
      nudged(quadratic, right, up) {
        const { x, y } = quadratic[of];
        return change(quadratic, placed([x + right * 0.05, y + up * 0.05]));
      },
    },
    axis('first', 0),
    axis('second', 90),
  ];
}

function startHandle(): Handle {
  const moved = (quadratic: QuadraticChoice, point: readonly [number, number]): QuadraticChoice => {
    const { x, y } = placed(point);
    return { ...quadratic, start: [x, y] };
  };
  return {
    name: 'start',
    of: 'start',
    kind: 'centre',
    label: 'Start of every run',
    keys: 'Arrow keys move',
    at: ({ start }) => start,
    text: ({ start: [x, y] }) => `at ${x}, ${y}`,
    moved,
    nudged: (quadratic, right, up) =>
      moved(quadratic, [quadratic.start[0] + right * 0.05, quadratic.start[1] + up * 0.05]),
  };
}

function placed([x, y]: readonly [number, number]): { x: number; y: number } {
  return { x: hundredths(within(x, -reach.x, reach.x)), y: hundredths(within(y, -reach.y, reach.y)) };
}

function radius(value: number): number {
  return hundredths(within(value, leastRadius, mostRadius));
}

/** An angle in whole degrees, from −90 to 90: half a turn changes no ellipse. */
function turned(degrees: number): number {
  return ((((Math.round(degrees) + 90) % 180) + 180) % 180) - 90;
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Hundredths are finer than a pixel here, and make numbers that can be read. */
function hundredths(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

/** Puts handles on the landscape: each can be dragged, focused, and moved by the arrow keys (with Shift five times as far). */
export function handles(svg: SVGSVGElement, changed: (change: QuadraticChange) => void): Handles {
  const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
  group.setAttribute('class', 'handles');
  svg.append(group);
  let scales: { x: Scale; y: Scale } | undefined;
  const elements = handleList.map((handle) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    element.setAttribute('class', `handle ${handle.of} ${handle.kind}`);
    element.dataset.handle = handle.name;
    // A slider is the role that screen readers let through the arrow keys for.
    element.setAttribute('role', 'slider');
    element.setAttribute('tabindex', '0');
    element.setAttribute('aria-label', handle.label);
    element.setAttribute('aria-roledescription', 'handle in the plane');
    element.innerHTML = `<title>${handle.label}. ${handle.keys}.</title><circle class="target"/><path class="grip"/><text></text>`;
    group.append(element);
    draggable(element, handle);
    return { handle, element };
  });

  function draggable(element: SVGGElement, handle: Handle): void {
    let offset: readonly [number, number] | undefined;
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      element.classList.add('dragged');
      offset = [event.clientX - Number(element.dataset.x), event.clientY - Number(element.dataset.y)];
    });
    element.addEventListener('pointermove', (event) => {
      if (offset === undefined || scales === undefined) return;
      const point = [scales.x.invert(event.clientX - offset[0]), scales.y.invert(event.clientY - offset[1])] as const;
      changed((quadratic) => handle.moved(quadratic, point));
    });
    for (const end of ['pointerup', 'pointercancel']) {
      element.addEventListener(end, () => {
        offset = undefined;
        element.classList.remove('dragged');
      });
    }
    element.addEventListener('keydown', (event) => {
      const direction = arrows.get(event.key);
      if (direction === undefined) return;
      event.preventDefault();
      const [right, up] = direction.map((one) => one * (event.shiftKey ? 5 : 1));
      changed((quadratic) => handle.nudged(quadratic, right, up));
    });
  }

  /** Handles stay in the plot, at its rim where what they hold lies beyond. */
  function inside(left: number, top: number, rem: number): { left: number; top: number } {
    const { width, height } = svg.viewBox.baseVal;
    const rim = 0.7 * rem;
    return { left: within(left, rim, Math.max(rim, width - rim)), top: within(top, rim, Math.max(rim, height - rim)) };
  }

  return {
    show(quadratic, x, y, rem) {
      scales = { x, y };
      group.removeAttribute('display');
      for (const { handle, element } of elements) {
        const [a, b] = handle.at(quadratic);
        const { left, top } = inside(x(a), y(b), rem);
        element.dataset.x = px(left);
        element.dataset.y = px(top);
        element.setAttribute('transform', `translate(${px(left)},${px(top)})`);
        element.setAttribute('aria-valuetext', handle.text(quadratic));
        element.setAttribute('aria-valuenow', String(handle.kind === 'centre' ? a : Math.hypot(a, b)));
        shape(element, handle, rem);
      }
    },
    hide() {
      group.setAttribute('display', 'none');
    },
  };
}

/** Where handles and their names, which stand above them, lie on the landscape. */
export function handleBoxes(quadratic: QuadraticChoice, x: Scale, y: Scale, rem: number): Box[] {
  return handleList.map((handle) => {
    const [a, b] = handle.at(quadratic);
    const [across, above, below] = handle.kind === 'centre' ? [1.3, 1.8, 0.65] : [0.4, 0.4, 0.4];
    return {
      left: x(a) - across * rem,
      right: x(a) + across * rem,
      top: y(b) - above * rem,
      bottom: y(b) + below * rem,
    };
  });
}

const arrows = new Map([
  ['ArrowRight', [1, 0]],
  ['ArrowLeft', [-1, 0]],
  ['ArrowUp', [0, 1]],
  ['ArrowDown', [0, -1]],
]);

/** A disc for a minimiser, a ring for an axis, a small square for the start; all with room for a finger. */
function shape(element: SVGGElement, { kind, of }: Handle, rem: number): void {
  element.querySelector('circle')?.setAttribute('r', px(rem * (kind === 'centre' ? 1.15 : 0.95)));
  const r = rem * (kind === 'centre' ? (of === 'start' ? 0.36 : 0.62) : 0.34);
  element
    .querySelector('path')
    ?.setAttribute('d', `M${px(-r)},0a${px(r)},${px(r)} 0 1,0 ${px(2 * r)},0a${px(r)},${px(r)} 0 1,0 ${px(-2 * r)},0Z`);
  const text = element.querySelector('text');
  if (text === null || kind !== 'centre') return;
  text.textContent = of === 'start' ? 'start' : of.toUpperCase();
  text.setAttribute('y', px(of === 'start' ? -0.6 * rem : -0.85 * rem));
}
