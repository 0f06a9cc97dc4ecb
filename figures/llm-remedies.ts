import { llmRemedies } from '../experiments/llm-remedies.js';
import { grouped } from '../src/base/grouped.js';
import { mean } from '../src/base/statistics.js';
import { significant } from '../src/base/text.js';
import { drawing } from '../src/figure/drawing.js';
import type { Layer } from '../src/figure/figure.js';
import { lossAxis, onlyLayer } from '../src/figure/layers.js';
import { ink, ramp } from '../src/figure/theme.js';
import type { Pair } from '../src/schedule/schedule.js';
import type { RemedyCost, TrainedRemedyRow } from '../src/study/remedies/results.js';
import type { RemedySummary } from '../src/study/remedies/summary.js';
import { yardstick } from '../src/study/remedies/trained-remedies.js';

const size = { width: 168, height: 136 };
const columns = 4;

/** The two curves of a panel, and what else is in it. */
const kinds = {
  heldOut: { name: 'held-out', dash: [] as number[], fill: '#FFFFFF' },
  training: { name: 'training', dash: [3, 3], fill: '#FFFFFF' },
} as const;
const marks = [
  { name: 'picked by theory or convention', shape: 'circle', colour: ink.strong },
  { name: 'start', shape: 'square', colour: ramp[1] },
] as const;

/** Loss space once for every remedy on a language model: where its runs end as its parameter moves, and what they cost. */
export const llmRemediesFigure = drawing('llm-remedies', llmRemedies, (results) => {
  const { summary, rows, cost, command } = results;
  const lambdas = [...new Set(rows.map(({ lambda }) => lambda))];
  const lambda = lambdas.reduce((best, one) => (Math.abs(one - 0.5) < Math.abs(best - 0.5) ? one : best));
  const ends = rows.filter((row) => row.role === 'end' && row.lambda === lambda);
  const own = cost.filter((row) => row.lambda === lambda);
  const remedies = [...new Set(ends.map(({ remedy }) => remedy))].filter((remedy) => remedy !== yardstick);
  const startOf = (space: keyof typeof kinds): Pair =>
    space === 'training'
      ? { dpo: summary.start.dpo.mean, sft: summary.start.sft.mean }
      : { dpo: summary.start.heldOutDpo.mean, sft: summary.start.heldOutSft.mean };
  const yard = curveRows(ends, yardstick).map((row) => ({ ...row, layer: 'yardstick', panel: 'all' }));
  const panels = remedies.map((remedy) => ({
    remedy,
    title: summary.labels[remedy],
    place: summary.places.find((one) => one.remedy === remedy && one.lambda === lambda),
    costs: costText(own.filter((row) => row.remedy === remedy)),
    rows: curveRows(ends, remedy).map((row) => ({ ...row, layer: 'curve', panel: remedy })),
  }));
  const start = { layer: 'start', panel: 'all', mark: marks[1].name, ...startOf('heldOut') };
  const everything = [...yard, ...panels.flatMap((panel) => panel.rows), start];
  const x = lossAxis(
    everything.map(({ sft }) => sft),
    size.width,
    'f_SFT',
  );
  const y = lossAxis(
    everything.map(({ dpo }) => dpo),
    size.height,
    'f_DPO',
  );
  const text = 'Remedies for forgetting on a language model';
  const { settings } = summary;
  const { steps, seeds } = settings.scale as { readonly steps: number; readonly seeds: number };
  const off = panels.filter(({ place }) => place?.here === 'misses').map(({ title }) => title);
  return {
    title: text,
    caption:
      `Where runs of ${steps} updates end, from one start and against one reference policy, in the mean over ${seeds} ` +
      `seeds: solid on held-out, dashed on training data, along the values of each remedy’s parameter; the grey line is ` +
      `${summary.labels[yardstick]} over its λ, held-out. Below each name what a run costs. Seen to miss the held-out ` +
      `F_λ of ${summary.labels[yardstick]} at λ = ${lambda} even with the value that is best in hindsight: ${off.join(', ') || 'none'}.`,
    rows: everything,
    origin: { command, seed: Number(settings.seed) },
    spec: {
      title: {
        text,
        subtitle: [
          `${String(settings.preset)}: ${steps} updates, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, λ = ${lambda}; solid: held-out, dashed: training;`,
          `grey: ${summary.labels[yardstick]} over its λ, held-out; g: gradients, f: losses, v: vectors as long as θ of a run;`,
          `held-out f_SFT, f_DPO: ${measuredBy(summary)}`,
        ],
      },
      columns,
      spacing: { row: 14, column: 16 },
      concat: panels.map(({ remedy, title, costs }, i) => ({
        title: {
          ...{ text: title, subtitle: costs, fontSize: 12, fontWeight: 600 as const, subtitleFontSize: 11 },
          ...{ subtitlePadding: 2, offset: 5, anchor: 'start' as const, frame: 'group' as const },
        },
        ...size,
        encoding: {
          x: { ...x.encoding, field: 'sft', axis: { ...x.encoding.axis, ...named(i >= panels.length - columns) } },
          y: { ...y.encoding, field: 'dpo', axis: { ...y.encoding.axis, ...named(i % columns === 0) } },
        },
        layer: layersOf(remedy),
      })),
    },
  };
});

/** What the ends are measured by, in words. */
function measuredBy({ start, references: { untrained, uniformGuess } }: RemedySummary): string {
  const pair = (sft: number, dpo: number): string => `${significant(sft, 3)}, ${significant(dpo, 3)}`;
  return [
    `start ${pair(start.heldOutSft.mean, start.heldOutDpo.mean)}`,
    `untrained ${pair(untrained.heldOutSft, untrained.heldOutDpo)}`,
    `uniform guess ${pair(uniformGuess.heldOutSft, uniformGuess.heldOutDpo)}`,
  ].join('; ');
}

/** An axis with its title and labels, or without both. */
function named(is: boolean): { readonly title?: null; readonly labels?: boolean } {
  return is ? {} : { title: null, labels: false };
}

/** The ends of a remedy in the order of its parameter's values, in the mean over seeds, held-out and training. */
function curveRows(ends: readonly TrainedRemedyRow[], remedy: string) {
  const groups = grouped(
    ends.filter((row) => row.remedy === remedy),
    ({ value }) => String(value),
  );
  const inOrder = groups.every(([{ value }]) => value !== null && Number.isFinite(Number(value)))
    ? [...groups].sort((a, b) => Number(a[0].value) - Number(b[0].value))
    : groups;
  return inOrder.flatMap((rows, order) => {
    const [{ value, chosen }] = rows;
    const average = (measure: (row: TrainedRemedyRow) => number): number => mean(rows.map(measure));
    const common = { remedy, value, order, mark: chosen === 'curve' ? 'on the curve' : marks[0].name };
    return [
      {
        ...common,
        space: kinds.heldOut.name,
        sft: average((row) => row.heldOutSft),
        dpo: average((row) => row.heldOutDpo),
      },
      { ...common, space: kinds.training.name, sft: average((row) => row.sft), dpo: average((row) => row.dpo) },
    ];
  });
}

/** What a run costs on average: gradients, losses, vectors, seconds. */
function costText(rows: readonly RemedyCost[]): string {
  const average = (measure: (row: RemedyCost) => number): number => mean(rows.map(measure));
  const [gradients, losses, vectors, seconds] = [
    average(({ dpoGradients, sftGradients }) => dpoGradients + sftGradients),
    average(({ lossEvaluations }) => lossEvaluations),
    average((row) => row.vectors),
    average((row) => row.seconds),
  ];
  const parts = [
    `${significant(gradients, 3)} g`,
    ...(losses > 0 ? [`${significant(losses, 3)} f`] : []),
    ...(vectors > 0 ? [`${significant(vectors, 2)} v`] : []),
    `${significant(seconds, 2)} s`,
  ];
  return parts.join(', ');
}

function layersOf(panel: string): Layer[] {
  const order = { field: 'order', type: 'quantitative' as const };
  const held = { space: kinds.heldOut.name };
  const scale = { domain: marks.map(({ name }) => name) };
  const legend = { orient: 'bottom' as const, direction: 'horizontal' as const, symbolSize: 90, offset: 14 };
  const channel = { field: 'mark', type: 'nominal' as const, title: null, legend };
  return [
    {
      transform: onlyLayer('yardstick', held),
      mark: { type: 'line', color: ink.faint, strokeWidth: 5, strokeCap: 'round', strokeJoin: 'round' },
      encoding: { order },
    },
    ...Object.values(kinds).flatMap(({ name, dash, fill }): Layer[] => [
      {
        transform: onlyLayer('curve', { panel, space: name }),
        mark: {
          type: 'line',
          color: name === kinds.heldOut.name ? ink.strong : ink.line,
          strokeWidth: 1.4,
          strokeDash: [...dash],
        },
        encoding: { order },
      },
      {
        transform: onlyLayer('curve', { panel, space: name, mark: 'on the curve' }),
        mark: {
          type: 'point',
          filled: true,
          size: 22,
          opacity: 1,
          color: fill,
          stroke: name === kinds.heldOut.name ? ink.strong : ink.line,
        },
      },
    ]),
    ...['curve', 'start'].map((layer): Layer => ({
      transform:
        layer === 'curve' ? onlyLayer('curve', { panel, mark: marks[0].name }) : onlyLayer('start', { panel: 'all' }),
      mark: { type: 'point', filled: true, size: 60, opacity: 1, stroke: 'white', strokeWidth: 0.8 },
      encoding: {
        color: { ...channel, scale: { ...scale, range: marks.map(({ colour }) => colour) } },
        shape: { ...channel, scale: { ...scale, range: marks.map(({ shape }) => shape) } },
      },
    })),
  ];
}
