import { alternation } from '../experiments/alternation.js';
import { drawing } from '../src/figure/drawing.js';
import { logarithmic, namedChannels, onlyLayer } from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';
import { paper } from '../src/schedule/key.js';

/** What lines without points are. */
const lines = { bound: 'bound of C.last', cycle: 'limit cycle of C.cycle' } as const;

const shapes = ['circle', 'square', 'triangle-up'] as const;
const colours = ['#B9A6E3', '#7D5FC7', '#38226E'];

/** The bridge between Sequential and ALRIGHT: how many cycles of both stages a run needs. */
export const alternationFigure = drawing('alternation', alternation, ({ lambda, horizons }) => {
  const nameOf = (steps: number): string => `T = ${steps.toLocaleString('en-US')}`;
  const rows = horizons.flatMap(({ steps, alright, cycles }) => [
    ...cycles.flatMap(({ cycles: C, gap, bound, limitCycle }) => [
      { layer: 'gap', steps: nameOf(steps), cycles: C, gap },
      { layer: 'bound', line: lines.bound, steps: nameOf(steps), cycles: C, gap: bound },
      { layer: 'cycle', line: lines.cycle, steps: nameOf(steps), cycles: C, gap: limitCycle },
    ]),
    { layer: paper.alright, steps: looks.alright.label, cycles: steps, gap: alright },
  ]);
  const names = horizons.map(({ steps }) => nameOf(steps));
  const { color, shape } = namedChannels('steps', [
    ...names.map((name, i) => ({ name, colour: colours[i], dash: [], shape: shapes[i] })),
    { name: looks.alright.label, colour: looks.alright.colour, dash: [], shape: 'cross' as const },
  ]);
  const strokeDash = {
    field: 'line',
    type: 'nominal' as const,
    title: null,
    scale: {
      domain: Object.values(lines),
      range: [
        [1.5, 3],
        [6, 4],
      ],
    },
    legend: { ...color.legend, symbolType: 'stroke', symbolSize: 700, symbolStrokeColor: ink.strong },
  };
  const least = Math.min(...horizons.map(({ alright }) => alright)) / 4;
  const shown = rows.filter(({ gap }) => gap >= least);
  const counts = shown.map(({ cycles }) => cycles);
  const [first, last] = [horizons[0], horizons[horizons.length - 1]];
  const atRoot = horizons.map(
    ({ steps, cycles }) => cycles.find(({ cycles: C }) => C === Math.sqrt(steps))?.gap ?? NaN,
  );
  return {
    title: 'How many cycles of SFT and DPO a run needs',
    caption:
      'One cycle is Sequential. With more and shorter cycles the gap falls, in the end below that of ALRIGHT (crosses), which draws the objective of every step and pays ' +
      'for the draws with variance. Points are exact and meet the limit cycle of the statement C.cycle (dashed, below them); dotted: the bound C.last. With steps 1/√T the ' +
      `gap at √T cycles is ${atRoot.map((gap) => gap.toFixed(3)).join(', ')}, whatever T: the number of cycles must outgrow √T.`,
    rows: shown,
    spec: {
      title: {
        text: 'How many cycles of SFT and DPO a run needs',
        subtitle: `f_DPO = ½(θ − 1)², f_SFT = ½(θ + 1)², λ = ${lambda}, start 0, steps 1/√T, ${nameOf(first.steps)} to ${last.steps.toLocaleString('en-US')}; exact expectations`,
      },
      width: 560,
      height: 360,
      encoding: {
        x: {
          field: 'cycles',
          type: 'quantitative',
          ...logarithmic(counts, 'cycles C (T: a draw at every step, ALRIGHT)', 1.4),
        },
        y: {
          field: 'gap',
          type: 'quantitative',
          ...logarithmic(
            shown.map(({ gap }) => gap),
            'gap F_λ(θ) − min F_λ after T steps',
          ),
        },
      },
      layer: [
        {
          transform: onlyLayer('bound'),
          mark: { type: 'line', strokeWidth: 1.6 },
          encoding: { color, strokeDash },
        },
        {
          transform: onlyLayer('cycle'),
          mark: { type: 'line', strokeWidth: 1.4, color: ink.line },
          encoding: { detail: { field: 'steps', type: 'nominal' }, strokeDash },
        },
        { transform: onlyLayer('gap'), mark: { type: 'line', strokeWidth: 1.2 }, encoding: { color } },
        {
          transform: onlyLayer('gap'),
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { color, shape },
        },
        {
          transform: onlyLayer(paper.alright),
          mark: { type: 'point', filled: true, size: 110, opacity: 1 },
          encoding: { color, shape },
        },
      ],
    },
  };
});
