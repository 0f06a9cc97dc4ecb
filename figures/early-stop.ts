import { earlyStop, near, type StoppedPair } from '../experiments/early-stop.js';
import { drawing } from '../src/figure/drawing.js';
import { linearDomain, logarithmic, namedChannels, onlyLayer } from '../src/figure/layers.js';
import { ink, orderedLooks } from '../src/figure/theme.js';
import { significant } from '../src/base/text.js';

/** The gap along stage two of several pairs, with the best checkpoint of each. */
export const earlyStopFigure = drawing('early-stop', earlyStop, ({ lambda, steps, pairs }) => {
  const percent = (part: number): string => (part < 1e-4 ? '0 %' : `${significant(100 * part, 2)} %`);
  const nameOf = ({ name, best: { step, part } }: StoppedPair): string => `${name}: ${percent(part)} at step ${step}`;
  const curves = pairs.flatMap((pair) =>
    pair.points
      .filter(({ step }) => step > 0)
      .map(({ step, part }) => ({ layer: 'curve', pair: nameOf(pair), step, part })),
  );
  const windows = pairs.flatMap((pair) =>
    pair.points
      .filter(({ step }) => step > 0 && step >= pair.best.from && step <= pair.best.until)
      .map(({ step, part }) => ({ layer: 'near', pair: nameOf(pair), step, part })),
  );
  const best = pairs.map((pair) => ({
    ...{ layer: 'best', pair: nameOf(pair), step: Math.max(1, pair.best.step), part: pair.best.part },
  }));
  const y = linearDomain([0, ...curves.map(({ part }) => part)], 0.05);
  const x = logarithmic([1, steps], 'step of stage two', 1);
  const { color, strokeDash, shape } = namedChannels(
    'pair',
    orderedLooks(pairs.length).map((look, i) => ({ name: nameOf(pairs[i]), ...look })),
  );
  const ranges = pairs.map(({ name, best: { from, until, part } }) =>
    part < 1e-4 ? '' : `${name}: ${percent(part)}, steps ${from} to ${until}`,
  );
  const title = 'What stopping early buys, and what it costs to find';
  return {
    title,
    caption:
      'The gap along stage two, started at the minimiser of f_SFT, as a part of what Sequential is left with where stage two converges (1). At the best ' +
      `checkpoint (points) is left, and within ${100 * near} points of that (thick) are: ${ranges.filter((text) => text !== '').join('; ')}. On the line (dotted) both minimisers and ` +
      'that of F_λ lie on one segment, so that some checkpoint is the best model of all; in more dimensions none is. Finding it takes both losses at every step, and a step ' +
      'late in a run leaves what Sequential leaves.',
    rows: [...curves, ...windows, ...best],
    spec: {
      title: {
        text: title,
        subtitle: `noiseless stage two on f_DPO, λ = ${lambda}; points: the best checkpoint; thick: at most ${100 * near} points of Sequential’s gap more`,
      },
      width: 520,
      height: 320,
      encoding: {
        x: { field: 'step', type: 'quantitative', ...x },
        y: {
          field: 'part',
          type: 'quantitative',
          scale: { domain: y, nice: false },
          axis: { title: 'gap of F_λ over that of Sequential’s limit', grid: false },
        },
      },
      layer: [
        {
          data: { values: [{ level: 1 }] },
          mark: { type: 'rule', strokeDash: [1.5, 3], strokeWidth: 1.3, color: ink.line },
          encoding: { x: { value: 0 }, x2: { value: 'width' }, y: { field: 'level', type: 'quantitative' } },
        },
        {
          transform: onlyLayer('near'),
          mark: { type: 'line', strokeWidth: 7, opacity: 0.3, clip: true },
          encoding: { color: inColumn(color) },
        },
        {
          transform: onlyLayer('curve'),
          mark: { type: 'line', clip: true },
          encoding: { color: inColumn(color), strokeDash },
        },
        {
          transform: onlyLayer('best'),
          mark: { type: 'point', filled: true, size: 80, opacity: 1, stroke: 'white', strokeWidth: 0.8 },
          encoding: { color: inColumn(color), shape: inColumn(shape) },
        },
      ],
    },
  };
});

/** A channel whose legend is one column: its entries are long. */
function inColumn<Channel extends { readonly legend: object }>(channel: Channel): Channel {
  return { ...channel, legend: { ...channel.legend, columns: 1, direction: 'vertical' } };
}
