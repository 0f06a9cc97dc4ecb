import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { drawings } from '../../figures/index.js';
import { columned } from '../../src/figure/column.js';
import { fontFiles } from '../../src/figure/font-files.js';
import { missingGlyphs } from '../../src/figure/font.js';
import { renderPng } from '../../src/figure/png.js';
import { renderFigure } from '../../src/figure/render.js';
import { looks } from '../../src/figure/theme.js';
import { paper } from '../../src/schedule/key.js';
import { exampleResults } from './example-results.js';

const provenance = { command: 'forgetting reproduce --seed 0', seed: 0, version: '0.0.0' };

/** The SVG with whole numbers only, so that a snapshot stands for what is seen. */
function roundedSvg(svg: string): string {
  return svg.replace(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number)) + 0));
}

/** The box around all texts of an SVG in the package's font, and the size of the picture. */
function labelBox(svg: string): Record<'left' | 'top' | 'right' | 'bottom' | 'width' | 'height', number> {
  const texts = svg.replace(/<(path|rect|line|circle|image)\b[^>]*?(?:\/>|>\s*<\/\1>)/g, '');
  const image = new Resvg(texts, {
    font: { loadSystemFonts: false, fontFiles: Object.values(fontFiles), defaultFontFamily: 'Inter' },
  });
  const box = image.getBBox();
  if (box === undefined) throw new Error('a picture without texts');
  const { width, height } = image;
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height, width, height };
}

/** Every scale of names in a specification, wherever it stands. */
function scalesIn(value: unknown): { readonly domain: readonly string[]; readonly range: readonly string[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { domain, range } = value as { domain?: unknown; range?: unknown };
  const isNames = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((entry) => typeof entry === 'string');
  const own = isNames(domain) && isNames(range) ? [{ domain, range }] : [];
  return [...own, ...Object.values(value).flatMap(scalesIn)];
}

/** The colours that marks have of their own, without a scale. */
function markColours(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /^(?:color|fill|stroke)$/.test(key) && typeof inner === 'string' ? [inner] : markColours(inner),
  );
}

/** The colours of the schedules that the paper compares, which figures know everywhere. */
const designed = new Set(Object.values(paper).map((key) => looks[key].colour));

describe.each(drawings.map((drawing) => ({ name: drawing.name, drawing })))('$name', ({ name, drawing }) => {
  const rendered = drawing.draw(exampleResults).then(async (figure) => ({
    figure,
    files: await renderFigure({ figure, provenance }),
  }));

  test('is drawn as it was', async () => {
    const { files } = await rendered;
    await expect(roundedSvg(files.svg)).toMatchFileSnapshot(`snapshots/${name}.svg`);
  });

  test('is the same bytes when drawn again', async () => {
    const { figure, files } = await rendered;
    const again = await renderFigure({ figure, provenance });
    expect(again.svg === files.svg).toBe(true);
    const png = ({ svg }: { svg: string }): Buffer => renderPng({ svg, pixelRatio: 1 });
    expect(png(again).equals(png(files))).toBe(true);
  });

  test('stands in one column, its panels below each other, without a warning', async () => {
    const { figure, files } = await rendered;
    const { svg } = await renderFigure({ figure: columned(figure), provenance });
    const widthOf = (text: string): number => Number(/<svg[^>]* width="([\d.]+)"/.exec(text)?.[1]);
    expect(widthOf(svg)).toBeLessThanOrEqual(Math.max(720, widthOf(files.svg)));
    if ('hconcat' in figure.spec && figure.spec.hconcat.length > 2)
      expect(widthOf(svg)).toBeLessThan(0.75 * widthOf(files.svg));
  });

  test('has every character in its font, and keeps every label inside the picture', async () => {
    const { svg } = (await rendered).files;
    const texts = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text]) => text.replace(/<[^>]*>/g, ''));
    expect(texts.length).toBeGreaterThan(5);
    expect(missingGlyphs(texts.join(''))).toEqual([]);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const { left, top, right, bottom, width, height } = labelBox(svg);
    expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(width);
    expect(bottom).toBeLessThanOrEqual(height);
  });

  test('uses no colour of a schedule for another, or for what is no schedule', async () => {
    const { figure, files } = await rendered;
    const shown = new Set(figure.rows.flatMap(({ schedule }) => (typeof schedule === 'string' ? [schedule] : [])));
    const byLabel = new Map(Object.values(looks).map((look) => [look.label, look]));
    for (const schedule of shown) {
      const look = byLabel.get(schedule);
      expect(look, schedule).toBeDefined();
      expect(files.svg.includes(look?.colour ?? ''), `${schedule} has its colour`).toBe(true);
    }
    // Every scale that names a schedule gives it its own colour, and gives that colour to nothing else.
    const reserved = Object.values(looks).filter(({ label, colour }) => designed.has(colour) || shown.has(label));
    const ownersOf = (colour: string): string[] =>
      reserved.filter((look) => look.colour === colour.toUpperCase()).map(({ label }) => label.split(',')[0]);
    for (const { domain, range } of scalesIn(figure.spec)) {
      domain.forEach((label, i) => {
        const look = byLabel.get(label);
        if (look !== undefined && range[i].startsWith('#')) expect(range[i], label).toBe(look.colour);
        const owners = ownersOf(range[i]);
        if (owners.length > 0)
          expect(
            owners.some((owner) => label.includes(owner)),
            `${label}: ${range[i]}`,
          ).toBe(true);
      });
    }
    // Marks of one colour are the problem's: optima, fronts, bounds, starts.
    for (const colour of markColours(figure.spec)) expect(designed, colour).not.toContain(colour.toUpperCase());
  });

  test('carries its data, caption and provenance in the specification, and its data as CSV', async () => {
    const { figure, files } = await rendered;
    const spec = JSON.parse(files.vegaLite) as {
      data: { values: unknown[] };
      usermeta: Record<string, unknown>;
      description: string;
    };
    expect(spec.data.values).toHaveLength(figure.rows.length);
    expect(spec.description).toBe(figure.caption);
    expect(spec.usermeta).toMatchObject(provenance);
    expect(files.csv.trimEnd().split('\r\n')).toHaveLength(figure.rows.length + 1);
  });
});
