import { settingNames, type FileRun, type SettingName } from './run.js';

/** A setting in which runs differ, and its values. */
export interface Facet {
  readonly name: SettingName;
  readonly values: readonly (string | number)[];
}

/** The values to which the runs shown are confined. */
export type Confinement = Readonly<Partial<Record<SettingName, string | number | undefined>>>;

/** More runs than this have no looks of their own. */
const mostAtOnce = 7;

/** The settings in which some runs differ, other than what follows from λ. */
export function facetsOf(runs: readonly FileRun[]): Facet[] {
  return settingNames
    .filter((name) => name !== 'dpoShare')
    .map((name) => ({ name, values: sorted([...new Set(runs.flatMap(({ settings }) => settings[name] ?? []))]) }))
    .filter(({ values }) => values.length > 1);
}

/** The runs that are within a confinement; those that lack a setting are within any value of it. */
export function within<Kind extends FileRun>(runs: readonly Kind[], confinement: Confinement): Kind[] {
  return runs.filter(({ settings }) =>
    settingNames.every(
      (name) => confinement[name] === undefined || (settings[name] ?? confinement[name]) === confinement[name],
    ),
  );
}

/** Everything, or where that is more than can be told apart, one value of each setting: of those with the most runs. */
export function firstConfinement(runs: readonly FileRun[]): Confinement {
  if (runs.length <= mostAtOnce) return {};
  return facetsOf(runs).reduceRight<Confinement>((confinement, { name, values }) => {
    const candidates = within(runs, confinement);
    const counts = values.map((value) => candidates.filter(({ settings }) => settings[name] === value).length);
    const most = Math.max(...counts);
    const best = values.filter((_, i) => counts[i] === most);
    return { ...confinement, [name]: best[name === 'lambda' ? best.length >> 1 : 0] };
  }, {});
}

function sorted(values: readonly (string | number)[]): (string | number)[] {
  if (values.every((value) => typeof value === 'number')) return [...values].sort((a, b) => a - b);
  return [...values];
}
