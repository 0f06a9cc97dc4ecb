import { significant } from '../../src/base/text.js';
import { paper, variants } from '../../src/schedule/key.js';
import { isListed } from '../../src/schedule/recognise.js';
import { lookIn, shownEnsembles, type Shown } from './shown.js';

/** What the runs came to, in a sentence or two. */
export function verdict(shown: Shown): string {
  const runs = shownEnsembles(shown);
  if (runs.length === 0) return '';
  const gapOf = (run: (typeof runs)[number]): number => run[1].final.gap.mean;
  const sequential = runs.find(([key]) => key === paper.sftThenDpo || key === paper.dpoThenSft);
  const joint = runs.filter((run) => run !== sequential && !variantOfSequential(run[0]));
  const best = joint.reduce<(typeof runs)[number] | undefined>(
    (least, run) => (least === undefined || gapOf(run) < gapOf(least) ? run : least),
    undefined,
  );
  const steps = shown.state.steps.toLocaleString('en');
  if (sequential === undefined) {
    if (best === undefined) return '';
    return `After ${steps} steps ${lookIn(shown.state, best[0]).label} is nearest to the best trade-off: ${significant(gapOf(best), 3)} above it.`;
  }
  const [key, { final }] = sequential;
  const first = key === paper.sftThenDpo ? 'sft' : 'dpo';
  const lost = final[first].mean - (shown.scene?.referenceOptima[first].value ?? NaN);
  const forgets = `After ${steps} steps ${lookIn(shown.state, key).label} has lost ${significant(lost, 3)} of ${first.toUpperCase()} and ends ${significant(final.gap.mean, 3)} above the best trade-off`;
  if (best === undefined) return `${forgets}.`;
  const share = gapOf(best) / final.gap.mean;
  const compared =
    share < 1
      ? `; ${lookIn(shown.state, best[0]).label} leaves ${significant(100 * share, 2)} % of that gap`
      : `, no farther than ${lookIn(shown.state, best[0]).label}`;
  return `${forgets}${compared}.`;
}

function variantOfSequential(key: string): boolean {
  return isListed(key) && variants[key].schedule === variants[paper.sftThenDpo].schedule;
}

/** Something to try, and whether what is shown does it. */
export interface Challenge {
  readonly title: string;
  readonly hint: string;
  readonly done: (shown: Shown) => boolean;
}

const limitOfSequential = ({ remedies }: Shown): number =>
  remedies.find(({ name }) => name === variants[paper.sftThenDpo].schedule)?.limit?.gap ?? NaN;

/** The challenges of the playground. */
export const challenges: readonly Challenge[] = [
  {
    title: 'Make the gap vanish',
    hint: 'Bring Sequential’s limit Δ below 0.01, with λ between 0.2 and 0.8. What has to coincide?',
    done: (shown) => limitOfSequential(shown) < 0.01 && shown.state.lambda >= 0.2 && shown.state.lambda <= 0.8,
  },
  {
    title: 'Find the early stop',
    hint: 'Leave the problem, and end Sequential with less than a tenth of its limit Δ by the share of stage one.',
    done(shown) {
      const run = shown.ensembles.get(paper.sftThenDpo);
      const limit = limitOfSequential(shown);
      return run !== undefined && limit > 0.1 && run.final.gap.mean < 0.1 * limit;
    },
  },
  {
    title: 'Make MAXRIGHT beat ALRIGHT',
    hint: 'In the gap of F_λ, with intervals over seeds that do not meet. When are θ° and θ*_λ the same?',
    done({ ensembles }) {
      const [one, other] = [paper.maxright, paper.alright].map((key) => ensembles.get(key)?.final.gap.ci95);
      return one !== undefined && one !== null && other !== undefined && other !== null && one[1] < other[0];
    },
  },
  {
    title: 'Where does 1/√T show?',
    hint: 'Show the gap of the average point over at least 10,000 steps of constant size c/√T: a straight line.',
    done: ({ state, ensembles }) =>
      state.measure === 'averageGap' &&
      state.steps >= 10_000 &&
      /\/\s*sqrt\(T\)/.test(state.stepSize) &&
      ensembles.has(paper.alright),
  },
];
