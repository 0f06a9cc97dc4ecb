import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fitted } from '../../site/chart/fit.js';
import type { Specification, SpecificationView } from '../../site/chart/specification.js';

type Axis = { readonly labels?: boolean; readonly title?: unknown } | null | undefined;

const read = (name: string): Specification => {
  const file = new URL(`../../figures/rendered/${name}.vl.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Specification;
};
const panels = (view: SpecificationView | Specification): readonly SpecificationView[] =>
  view.concat ?? view.hconcat ?? [];
const axesOf = (view: SpecificationView | Specification): Axis[] =>
  panels(view).flatMap((panel) => {
    const { x, y } = (panel as unknown as { encoding: Record<'x' | 'y', { axis?: Axis } | undefined> }).encoding;
    return [x?.axis, y?.axis];
  });

it('a grid of panels has the numbers of its axes once a row and column, and in each panel where it is laid out anew', () => {
  const remedies = read('remedies');
  expect(axesOf(fitted(remedies, 1200)).some((axis) => axis?.labels === false)).toBe(true);
  const onPhone = axesOf(fitted(remedies, 340));
  expect(onPhone.filter((axis) => axis?.labels === false)).toEqual([]);
  expect(new Set(onPhone.map((axis) => axis?.title))).toEqual(new Set(['f_SFT', 'f_DPO']));
});

it('bars have their names in each panel where panels stand below each other, and as much room as they were given', () => {
  for (const name of ['bars', 'remedy-bars']) {
    expect(axesOf(read(name)), name).toContain(null);
    expect(axesOf(fitted(read(name), 340)), name).not.toContain(null);
  }
  const heights = panels(fitted(read('remedy-bars'), 340)).map(({ height }) => height);
  expect(heights).toEqual(panels(read('remedy-bars')).map(({ height }) => height));
});

it('an axis that no panel has is given to none', () => {
  const bars: SpecificationView = {
    width: 300,
    encoding: { x: { field: 'seconds' }, y: { field: 'run', axis: null } },
  };
  const found = fitted({ data: { values: [] }, concat: [bars, bars, bars, bars], columns: 4 }, 700);
  expect(found.columns).toBe(2);
  expect(axesOf(found)).toEqual([undefined, null, undefined, null, undefined, null, undefined, null]);
});

it('rows below each other are laid out each for itself', () => {
  const published = read('llm-gaps');
  const { vconcat = [] } = fitted(published, 340);
  expect(vconcat.map(({ columns }) => columns)).toEqual((published.vconcat ?? []).map(() => 1));
  expect(vconcat.map((row) => panels(row).length)).toEqual((published.vconcat ?? []).map((row) => panels(row).length));
});

it('a title that is wider than its row or panel is broken into lines, word for word', () => {
  const published = read('llm-sensitivity');
  const titles = (width: number): { text: readonly string[]; subtitle: readonly string[] }[] =>
    (fitted(published, width).vconcat ?? []).map((row) => row.title as never);
  const whole = (published.vconcat ?? []).map((row) => (row.title as { subtitle: string }).subtitle);
  expect(titles(1200).map(({ subtitle }) => subtitle)).toEqual(whole.map((subtitle) => [subtitle]));
  for (const [i, { subtitle }] of titles(330).entries()) {
    expect(subtitle.join(' ')).toBe(whole[i]);
    expect(Math.max(...subtitle.map((line) => line.length))).toBeLessThanOrEqual(60);
  }
});
