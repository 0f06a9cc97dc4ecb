import { onBoth } from '../../src/schedule/step.js';
import type { Side, TakenStep } from './plots.js';

/**
 * Both models as they were after a share of the steps taken so far, what is known from later ones left out.
 * @param share 1 for all there is, also of a step that only one of them has taken
 */
export function afterShare<Step extends TakenStep>(
  sides: readonly [Side<Step>, Side<Step>],
  share: number,
): readonly Side<Step>[] {
  if (share === 1) return sides;
  // A share is a quotient: what rounding takes off it is not a step.
  const last = share * (evaluatedSteps(sides).at(-1) ?? 0) + 1e-6;
  const until = <Row extends { readonly step: number }>(rows: readonly Row[]): Row[] =>
    rows.filter(({ step }) => step <= last);
  return sides.map((side) => ({
    ...side,
    losses: until(side.losses),
    steps: until(side.steps),
    answers: until(side.answers),
  }));
}

/** The steps after which both models have been evaluated and asked. */
export function evaluatedSteps([first, second]: readonly [Side<TakenStep>, Side<TakenStep>]): number[] {
  return first.answers.map(({ step }) => step).filter((step) => second.answers.some((answer) => answer.step === step));
}

/** What each model trains on at a step, in words. */
export function trainingWords(sides: readonly Side<TakenStep>[]): (step: number) => string {
  return (step) => {
    if (step === 0) return 'the start';
    const words = sides.flatMap(({ look, steps }) => {
      const report = steps.find((row) => row.step === step);
      return report === undefined ? [] : [`${look.label}: ${choiceWords(report.choice)}`];
    });
    return words.join('; ');
  };
}

/** A choice of objectives as it is written for readers. */
export function choiceWords(choice: string): string {
  return choice === onBoth ? 'both' : choice.toUpperCase();
}
