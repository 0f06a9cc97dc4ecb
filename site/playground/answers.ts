import type { WorkerAnswer } from './protocol.js';
import type { Shown } from './shown.js';

/** What the workers have answered of a problem, as far as it is drawn. */
export type Answers = Pick<Shown, 'scene' | 'theory' | 'front' | 'choice' | 'remedies' | 'ensembles'> & {
  readonly sweeps: NonNullable<Shown['sweeps']>;
};

/** Before anything has been answered. */
export const noAnswers: Answers = {
  scene: undefined,
  theory: undefined,
  front: undefined,
  choice: undefined,
  remedies: [],
  ensembles: new Map(),
  sweeps: new Map(),
};

/** What is known once one more answer has come; the same where it says nothing that is drawn. */
export function withAnswer(answers: Answers, answer: WorkerAnswer): Answers {
  switch (answer.kind) {
    case 'scene':
      return { ...answers, scene: answer.scene };
    case 'theory':
      return { ...answers, theory: answer.theory };
    case 'front':
      return { ...answers, front: answer.front };
    case 'choice':
      return { ...answers, choice: answer.choice };
    case 'remedies':
      return { ...answers, remedies: answer.remedies };
    case 'sweep':
      return { ...answers, sweeps: new Map([...answers.sweeps, [answer.sweep.name, answer.sweep]]) };
    case 'ensemble':
      return { ...answers, ensembles: new Map([...answers.ensembles, [answer.key, answer.ensemble]]) };
    case 'done':
    case 'refused':
      return answers;
  }
}
