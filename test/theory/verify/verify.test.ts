import { beforeAll, describe, expect, it, test } from 'vitest';
import { constantTable, type Constants } from '../../../src/theory/constants.js';
import { observations } from '../../../src/theory/observation/index.js';
import { theorems } from '../../../src/theory/registry.js';
import { suite, subjectOf } from '../../../src/theory/verify/suite.js';
import type { Theorem } from '../../../src/theory/theorem.js';
import { checkSubject, extentOf, judge, selected, type VerdictRow } from '../../../src/theory/verify/verify.js';
import { InputError } from '../../../src/base/input-error.js';

const extent = extentOf(true, 0);

/** The judged rows of some theorems on some problems of the quick suite. */
async function rowsOf(chosen: readonly Theorem[], problems: readonly string[]): Promise<VerdictRow[]> {
  const keys = suite(true).filter(({ problem }) => problems.includes(problem));
  const checks = await Promise.all(keys.map((key) => checkSubject(chosen, key, extent)));
  return judge(chosen, checks.flat());
}

const theoremOf = (id: string): Theorem => selected(theorems, [id])[0];

/** The theorem, which measures each of its trials once, however often and with whatever bound it is judged. */
function measuredOnce(theorem: Theorem): Theorem {
  const known = new Map<string, ReturnType<Theorem['trials']>>();
  return {
    ...theorem,
    trials(subject, of) {
      const key = `${subject.name} ${subject.lambda}`;
      const trials = known.get(key) ?? theorem.trials(subject, of);
      if ('reason' in trials || known.has(key)) return trials;
      const measured = trials.map((trial) => {
        const measurement = trial.measure();
        return { ...trial, measure: () => measurement };
      });
      known.set(key, measured);
      return measured;
    },
  };
}

/** What is wrong, and where it must show. */
interface Wrong {
  readonly id: string;
  readonly what: string;
  readonly value: (constants: Constants, bound: number) => number;
  readonly problems: readonly string[];
}

const constant = (constants: Constants, name: keyof Constants): number => constants[name] ?? NaN;
const byTen = (_constants: Constants, bound: number): number => bound / 10;
const byTwo = (_constants: Constants, bound: number): number => bound / 2;
const coordinates = ['max-of-10-coordinates', 'max-of-11-coordinates'];

const wrong: readonly Wrong[] = [
  { id: 'S.limit', what: 'doubled', value: (_c, bound) => 2 * bound, problems: ['plane-free'] },
  {
    id: 'S.limit',
    what: 'λ swapped: 2(1 − λ)² for 2λ²',
    value: (_c, bound) => 2 * (1 - Math.sqrt(bound / 2)) ** 2,
    problems: ['closed-form'],
  },
  {
    id: 'S.finite',
    what: 'without the slack of finite time, doubled',
    value: (c) => 2 * constant(c, 'Delta'),
    problems: ['closed-form'],
  },
  { id: 'S.conflict.most', what: 'half', value: byTwo, problems: ['closed-form'] },
  { id: 'S.conflict.least', what: 'doubled', value: (_c, bound) => 2 * bound, problems: ['closed-form'] },
  { id: 'S.finite.mean', what: 'doubled', value: (_c, bound) => 2 * bound, problems: ['closed-form'] },
  { id: 'A.average', what: 'divided by 10', value: byTen, problems: coordinates },
  {
    id: 'A.average',
    what: 'MR/T for MR/√T',
    value: (c, bound) => bound / Math.sqrt(constant(c, 'T')),
    problems: coordinates,
  },
  {
    id: 'A.best',
    what: 'T points for T + 1',
    value: (c) => (constant(c, 'D0') * constant(c, 'G')) / (1 + Math.sqrt(constant(c, 'T') + 1)),
    problems: coordinates,
  },
  { id: 'A.last', what: 'half', value: byTwo, problems: coordinates },
  { id: 'A.last.steps', what: 'half', value: byTwo, problems: coordinates },
  { id: 'A.adaptive', what: 'divided by 10', value: byTen, problems: coordinates },
  { id: 'A.probable', what: 'divided by 10', value: byTen, problems: coordinates },
  { id: 'A.last.linear', what: 'MR/(T + 1)', value: (c) => 1 / (constant(c, 'T') + 1), problems: coordinates },
  { id: 'A.smooth', what: 'divided by 10', value: byTen, problems: ['closed-form'] },
  { id: 'A.strong', what: 'divided by 10', value: byTen, problems: ['closed-form'] },
  { id: 'A.strong.decaying', what: 'divided by 10', value: byTen, problems: ['singular', 'ten-free'] },
  { id: 'M.exact', what: 'divided by 10', value: byTen, problems: coordinates },
  {
    id: 'M.exact',
    what: 'm for w',
    value: (c, bound) => (bound * (1 - constant(c, 'w'))) / constant(c, 'w'),
    problems: coordinates,
  },
  { id: 'M.best', what: 'without w', value: (c, bound) => bound * constant(c, 'w'), problems: coordinates },
  { id: 'M.adaptive', what: 'divided by 10', value: byTen, problems: coordinates },
  { id: 'M.last', what: 'half', value: byTwo, problems: coordinates },
  {
    id: 'M.last.linear',
    what: 'm for w',
    value: (c, bound) => (bound * constant(c, 'm')) / constant(c, 'w'),
    problems: coordinates,
  },
  { id: 'M.stale', what: 'without w', value: (c, bound) => bound * constant(c, 'w'), problems: coordinates },
  {
    id: 'M.optimum',
    what: 'without the errors',
    value: (c, bound) =>
      bound -
      Math.abs(constant(c, 'lambda') * constant(c, 'eta_dpo') - (1 - constant(c, 'lambda')) * constant(c, 'eta_sft')),
    problems: ['closed-form-ball'],
  },
  { id: 'M.weighted', what: 'a tenth less', value: (_c, bound) => 0.9 * bound, problems: coordinates },
  { id: 'M.weighted.last', what: 'half', value: byTwo, problems: coordinates },
  { id: 'M.weighted.stale', what: 'half', value: byTwo, problems: ['max-of-100-coordinates'] },
  {
    id: 'M.weighted.fresh',
    what: 'without the errors, divided by 10',
    value: (c, bound) => (bound - constant(c, 'epsilon')) / 10,
    problems: ['shared-batch'],
  },
  {
    id: 'M.weighted.shared',
    what: 'without the floor, half',
    value: (c, bound) => (bound - constant(c, 'epsilon')) / 2,
    problems: ['shared-batch'],
  },
  {
    id: 'M.noisy.fresh',
    what: 'without the errors, divided by 10',
    value: (c) => (constant(c, 'w') * constant(c, 'alpha') * constant(c, 'G') ** 2) / 20,
    problems: ['shared-batch'],
  },
  { id: 'M.noisy.shared', what: 'divided by 10', value: byTen, problems: ['shared-batch'] },
  {
    id: 'M.noisy.expected',
    what: 'divided by 10, without the errors',
    value: (c, bound) => (bound - (constant(c, 'w') / constant(c, 'm')) * constant(c, 'epsilon')) / 10,
    problems: ['ten-noisy-values'],
  },
  { id: 'M.shared.bias', what: 'twice the bias', value: (_c, bound) => 2 * bound, problems: ['shared-batch'] },
  { id: 'X.average', what: 'divided by 10', value: byTen, problems: coordinates },
  { id: 'X.best', what: 'a tenth less', value: (_c, bound) => 0.9 * bound, problems: coordinates },
  { id: 'X.last', what: 'half', value: byTwo, problems: coordinates },
  { id: 'X.last.steps', what: 'half', value: byTwo, problems: coordinates },
  { id: 'X.work', what: 'turned over', value: (_c, bound) => 1 / bound, problems: coordinates },
  { id: 'X.last.linear', what: 'a tenth less', value: (_c, bound) => 0.9 * bound, problems: coordinates },
  { id: 'X.smooth', what: 'divided by 10', value: byTen, problems: ['closed-form'] },
  { id: 'X.smooth.last', what: 'divided by 10', value: byTen, problems: ['singular'] },
  { id: 'X.strong', what: 'divided by 10', value: byTen, problems: ['closed-form'] },
  {
    id: 'C.average',
    what: 'cycles as good as steps',
    value: (c, bound) => bound / (4 * constant(c, 'n')),
    problems: ['plane-ball'],
  },
  {
    id: 'C.last',
    what: 'cycles as good as steps, divided by 10',
    value: (c, bound) => bound / (10 * constant(c, 'n')),
    problems: ['plane-ball'],
  },
  {
    id: 'C.cycle',
    what: 'the stages exchanged',
    value: (c) => {
      const [r_1, r_2, w_1] = [constant(c, 'r_2'), constant(c, 'r_1'), constant(c, 'w_1')];
      return ((2 * r_2 - 1 - r_1 * r_2) / (1 - r_1 * r_2) - (2 * w_1 - 1)) ** 2 / 2;
    },
    problems: ['closed-form'],
  },
  { id: 'L.term', what: 'half', value: byTwo, problems: ['closed-form'] },
  { id: 'L.term.ball', what: 'half', value: byTwo, problems: ['log-linear-five'] },
  { id: 'L.replay', what: 'half', value: byTwo, problems: coordinates },
  { id: 'L.replay.last', what: 'half', value: byTwo, problems: coordinates },
  {
    id: 'L.replay.gap',
    what: 'linear in the error of the share',
    value: (c, bound) => bound * Math.abs(constant(c, 'lambda') - constant(c, 'ell')),
    problems: ['closed-form'],
  },
  {
    id: 'L.hessian',
    what: 'as if no weights were squared',
    value: (c, bound) => bound / (constant(c, 'w_1') * constant(c, 'w_2')),
    problems: ['plane-free'],
  },
  {
    id: 'L.average',
    what: 'as if A_λ were A_2',
    value: (c) => (constant(c, 'w_2') ** 2 / 2) * (constant(c, 'q_s') - constant(c, 'q_2')),
    problems: ['ten-free'],
  },
  {
    id: 'L.average.weight',
    what: 'the weights without their squares',
    value: (c) => (constant(c, 'w_1') * constant(c, 'w_2') * constant(c, 'q_c')) / 2,
    problems: ['plane-free'],
  },
  {
    id: 'L.subspace',
    what: 'as if nothing moved',
    value: (c) => (constant(c, 'w_2') ** 2 / 2) * constant(c, 'q_s'),
    problems: ['plane-free'],
  },
  {
    id: 'L.checkpoint',
    what: 'as if nothing moved',
    value: (c) => (constant(c, 'w_2') ** 2 / 2) * constant(c, 'q_s'),
    problems: ['plane-free'],
  },
  { id: 'L.checkpoint.least', what: 'tenfold', value: (_c, bound) => 10 * bound, problems: ['ten-free'] },
  { id: 'L.mgda', what: 'divided by 100', value: (_c, bound) => bound / 100, problems: ['fifty-free'] },
  { id: 'L.pcgrad', what: 'divided by 100', value: (_c, bound) => bound / 100, problems: ['fifty-free'] },
  { id: 'L.stop', what: 'doubled', value: (_c, bound) => 2 * bound, problems: ['closed-form'] },
  { id: 'K', what: 'without the slope on the sphere', value: (c) => constant(c, 'kl'), problems: ['log-linear-five'] },
  {
    id: 'K.least',
    what: 'all of the slope',
    value: (c) => constant(c, 'kl') + 2 * constant(c, 'gamma') * constant(c, 'R'),
    problems: ['log-linear-five'],
  },
  { id: 'K.most', what: 'the KL alone', value: (c) => constant(c, 'kl'), problems: ['log-linear-five'] },
  { id: 'K.term', what: 'half', value: byTwo, problems: ['log-linear-five'] },
  { id: 'B.second', what: 'half', value: byTwo, problems: coordinates },
  { id: 'B.first', what: 'without the tolerance', value: (c) => constant(c, 'budget'), problems: coordinates },
  { id: 'B.gap', what: 'half', value: byTwo, problems: coordinates },
  { id: 'B.probable', what: 'divided by 10', value: byTen, problems: ['log-linear-five'] },
  {
    id: 'T',
    what: 'without the floor, a tenth less',
    value: (c, bound) => 0.9 * (bound - 0.2784646 * constant(c, 'smoothing')),
    problems: coordinates,
  },
  { id: 'T.smooth', what: 'divided by 10', value: byTen, problems: ['logistic-line'] },
  { id: 'Q', what: 'divided by 10', value: byTen, problems: ['closed-form'] },
  { id: 'W.alright', what: 'MR/√(T + 1)', value: (c) => 1 / Math.sqrt(constant(c, 'T') + 1), problems: coordinates },
  {
    id: 'W.maxright',
    what: 'm for w',
    value: (c, bound) => (bound * (1 - constant(c, 'w'))) / constant(c, 'w'),
    problems: coordinates,
  },
  { id: 'W.last.linear', what: 'MR/√T', value: (c) => 1 / Math.sqrt(constant(c, 'T')), problems: coordinates },
  {
    id: 'P.minimum',
    what: 'a higher minimum',
    value: (_c, bound) => bound + 1e-3,
    problems: ['plane-ball', 'logistic-line'],
  },
  {
    id: 'P.max',
    what: 'a higher minimum',
    value: (_c, bound) => bound + 1e-3,
    problems: ['plane-ball', 'logistic-line'],
  },
  { id: 'P.certificate', what: 'divided by 10', value: byTen, problems: ['plane-ball'] },
];

describe('a wrong bound fails where the right one holds', () => {
  test.each(wrong)('$id: $what', async ({ id, value, problems }) => {
    const theorem = measuredOnce(theoremOf(id));
    const right = await rowsOf([theorem], problems);
    expect(right.filter((row) => row.holds === true).length).toBeGreaterThan(0);
    expect(right.filter((row) => row.holds === false)).toEqual([]);
    const changed = { ...theorem, value: (constants: Constants) => value(constants, theorem.value(constants)) };
    const broken = await rowsOf([changed], problems);
    expect(broken.filter((row) => row.holds === false).length).toBeGreaterThan(0);
  });

  it('is tested for every theorem', () => {
    expect(new Set(wrong.map(({ id }) => id))).toEqual(new Set(theorems.map(({ id }) => id)));
  });
});

describe('observations', () => {
  it.each([
    ['R.sequential', -0.5],
    ['R.alright', -0.9],
    ['R.maxright', -0.9],
  ])('%s is seen on the pair that it is about, and another slope is not', async (id, slope) => {
    const observed = measuredOnce(selected(observations, [id])[0]);
    const right = await rowsOf([observed], ['closed-form']);
    expect(right.map(({ holds }) => holds)).not.toContain(false);
    const broken = await rowsOf([{ ...observed, value: () => slope }], ['closed-form']);
    expect(broken.map(({ holds }) => holds)).toContain(false);
  });

  it('are no theorems: the slope of a bound bounds no slope', () => {
    expect(theorems.some(({ id }) => id.startsWith('R.'))).toBe(false);
  });
});

describe('theorems as data', () => {
  it('know a problem by what it is, never by its name', async () => {
    const subjects = await Promise.all(suite(true).map((key) => subjectOf(key)));
    for (const theorem of theorems) {
      for (const subject of subjects) {
        const [named, renamed] = [subject, { ...subject, name: 'another' }].map((each) => theorem.trials(each, extent));
        expect('reason' in named ? named : named.map(({ constants }) => constants)).toEqual(
          'reason' in renamed ? renamed : renamed.map(({ constants }) => constants),
        );
      }
    }
  }, 240_000);

  it('state in TeX what they evaluate', () => {
    const { statement } = theoremOf('A.average');
    expect(statement).toBe(
      '\\mathbb{E}\\,F_\\lambda(\\bar\\theta) - \\min F_\\lambda \\le ' +
        '\\frac{{ D_0}^{2}}{\\left(2\\cdot \\alpha\\cdot T\\right)}+\\frac{ \\alpha\\cdot{ G}^{2}}{2}',
    );
  });

  it.each(theorems)('$id: its value follows from the constants it names, all of which are known', (theorem) => {
    for (const name of theorem.needs) expect(constantTable).toHaveProperty(name);
    if (theorem.needs.length > 0) expect(() => theorem.value({})).toThrow(theorem.needs[0]);
  });

  it('have different ids', () => {
    expect(new Set(theorems.map(({ id }) => id)).size).toBe(theorems.length);
  });
});

describe('the suite', () => {
  const keys = suite(false);

  it('has every kind of problem at five values of λ, and MAXRIGHT at 0 and 1', () => {
    const problems = new Set(keys.map(({ problem }) => problem));
    expect(problems.size).toBeGreaterThanOrEqual(12);
    for (const lambda of [0.01, 0.25, 0.5, 0.75, 0.99]) {
      expect(keys.filter((key) => key.lambda === lambda).length).toBeGreaterThanOrEqual(12);
    }
    expect(keys.some(({ lambda }) => lambda === 0) && keys.some(({ lambda }) => lambda === 1)).toBe(true);
  });

  it('says where a statement does not apply, and why', async () => {
    const rows = await rowsOf([theoremOf('A.average'), theoremOf('M.stale')], ['plane-free', 'plane-ball']);
    const free = rows.find(({ problem, id }) => problem === 'plane-free' && id === 'A.average');
    expect(free).toMatchObject({
      holds: 'not applicable',
      reason: 'no bound on the gradients without a ball',
      steps: null,
      measured: { mean: null, ci95: null },
      bound: null,
      ratio: null,
    });
    const atZero = rows.find(({ problem, id, lambda }) => problem === 'plane-ball' && id === 'M.stale' && lambda === 0);
    expect(atZero).toMatchObject({ holds: 'not applicable' });
    expect(atZero?.reason).toMatch(/^λ is 0 or 1/);
  });
});

describe('the bias of a shared minibatch', () => {
  let rows: VerdictRow[] = [];
  beforeAll(async () => {
    rows = await rowsOf([theoremOf('M.shared.bias'), theoremOf('M.noisy.fresh')], ['shared-batch']);
  });

  it('keeps a gap that a fresh minibatch does not', () => {
    const shared = rows.find(({ id }) => id === 'M.shared.bias');
    const fresh = rows.find(({ problem, steps }) => problem === 'shared-batch k = 1' && steps === 20_000);
    expect(shared?.measured.mean).toBeGreaterThan(1.2);
    expect(fresh?.measured.mean).toBeLessThan(0.1);
  });
});

test('a theorem that is not there is refused', () => {
  expect(() => selected(theorems, ['A', 'Z'])).toThrow(InputError);
  expect(selected(theorems, ['A.last']).map(({ id }) => id)).toEqual(['A.last', 'A.last.linear', 'A.last.steps']);
});
