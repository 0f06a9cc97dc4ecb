import './figures.css';
import type { Specification } from '../chart/specification.js';

/** How far below the window a figure begins to be drawn, in pixels. */
const ahead = 500;

/** Draws each figure of the page when it is about to come into view. */
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      void show(target as HTMLElement);
    }
  },
  { rootMargin: `${ahead}px` },
);
for (const figure of document.querySelectorAll('[data-figure]')) seen.observe(figure);

/** The height of the page's rows of figures, in pixels, as figures.css has it. */
const row = 8;

/** Has each figure take as many rows as it is high. */
const heights = new ResizeObserver((entries) => {
  for (const { target, borderBoxSize } of entries) {
    const list = target.parentElement;
    if (!(target instanceof HTMLElement) || list === null) continue;
    const gap = parseFloat(getComputedStyle(list).columnGap);
    target.style.gridRowEnd = `span ${Math.ceil((borderBoxSize[0].blockSize + gap) / row)}`;
    list.dataset.packed = '';
  }
});
for (const figure of document.querySelectorAll('.figures > *')) heights.observe(figure);

async function show(figure: HTMLElement): Promise<void> {
  const place = figure.querySelector<HTMLElement>('.drawing');
  const file = figure.dataset.figure;
  if (place === null || file === undefined) return;
  try {
    const response = await fetch(file);
    if (!response.ok) throw new Error(`${file}: ${response.status}`);
    const spec = (await response.json()) as Specification;
    const { showChart } = await import('../chart/chart.js');
    const heading = figure.querySelector('h2')?.textContent ?? figure.id;
    await showChart(place, { name: figure.id, title: heading, spec });
    figure.dataset.drawn = '';
  } catch (error) {
    place.textContent = `This figure could not be drawn: ${(error as Error).message}`;
  }
}
