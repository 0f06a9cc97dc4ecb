import type { FigureRow } from '../../src/figure/figure.js';
import type { Legend } from './legend.js';

/** What a page's figures hear when the pointer or the focus goes to a name, or leaves it. */
const event = 'light-name';

/** Tells every figure of the page the name that the pointer or the focus is on; undefined where it is on none. */
export function lightName(name: string | undefined): void {
  document.dispatchEvent(new CustomEvent(event, { detail: name }));
}

/**
 * While a name of a legend has the pointer or the focus, in whichever figure of the page, the marks of a figure that show
 * something else by that legend's column grow faint; the pointer on a mark lights its name.
 * @returns ends that
 */
export function lightNames(plot: HTMLElement, legends: readonly Legend[]): () => void {
  const light = (told: Event): void => {
    const { detail: name } = told as CustomEvent<string | undefined>;
    const fields = legends
      .filter(({ entries }) => entries.some((entry) => entry.name === name))
      .map(({ field }) => field);
    for (const mark of plot.querySelectorAll<SVGElement>('.role-mark > :not(g)')) {
      const isOther = fields.some((field) => {
        const value = rowOf(mark)?.[field];
        return value !== undefined && String(value) !== name;
      });
      mark.style.opacity = isOther ? '0.13' : '';
    }
  };
  plot.addEventListener('pointerover', ({ target }) => {
    const row = target instanceof SVGElement ? rowOf(target) : undefined;
    const field = legends.map((legend) => legend.field).find((one) => row?.[one] !== undefined);
    lightName(field === undefined ? undefined : String(row?.[field]));
  });
  plot.addEventListener('pointerleave', () => {
    lightName(undefined);
  });
  document.addEventListener(event, light);
  return () => {
    document.removeEventListener(event, light);
  };
}

/** The row of its data that Vega drew an element from. */
function rowOf(mark: SVGElement): FigureRow | undefined {
  return (mark as SVGElement & { readonly __data__?: { readonly datum?: FigureRow } }).__data__?.datum;
}
