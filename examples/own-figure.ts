// A figure of one's own in the look of the others: npx tsx examples/own-figure.ts [folder]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { idealPoint, paretoFront, readProblem, version } from 'forgetting';
import { ink, renderFigure, renderPng, type Figure } from 'forgetting/figures';

const folder = process.argv[2] ?? '.';
const problem = await readProblem(new URL('log-linear.json', import.meta.url).pathname);
const front = paretoFront(
  problem,
  Array.from({ length: 41 }, (_, i) => i / 40),
);
const ideal = idealPoint(problem);
const rows = [
  ...front.map(({ lambda, dpo, sft }) => ({ layer: 'front', lambda, dpo, sft })),
  { layer: 'ideal', lambda: null, dpo: ideal.dpo.value, sft: ideal.sft.value },
];
const x = { field: 'sft', type: 'quantitative', title: 'f_SFT', scale: { zero: false } } as const;
const y = { field: 'dpo', type: 'quantitative', title: 'f_DPO', scale: { zero: false } } as const;

const figure: Figure = {
  name: 'front',
  title: 'What SFT and DPO cannot have together',
  caption: 'The certified Pareto front of a log-linear pair; the diamond is the ideal point, which no policy reaches.',
  rows,
  spec: {
    width: 360,
    height: 300,
    layer: [
      {
        transform: [{ filter: "datum.layer === 'front'" }],
        mark: { type: 'line', color: ink.strong },
        encoding: { x, y, order: { field: 'lambda' } },
      },
      {
        transform: [{ filter: "datum.layer === 'ideal'" }],
        mark: { type: 'point', shape: 'diamond', filled: true, size: 90, color: ink.line },
        encoding: { x, y },
      },
    ],
  },
};

const provenance = { command: 'examples/own-figure.ts', seed: 0, version };
const { svg, csv } = await renderFigure({ figure, provenance });
writeFileSync(join(folder, 'front.svg'), svg);
writeFileSync(join(folder, 'front.csv'), csv);
writeFileSync(join(folder, 'front.png'), renderPng({ svg, pixelRatio: 2 }));
console.log(`front.svg, front.csv and front.png in ${folder}`);
