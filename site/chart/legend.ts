import { mapped, type Specification } from './specification.js';

/** A column that tells marks apart, and how each of its values looks. */
export interface Legend {
  readonly field: string;
  readonly entries: readonly LegendEntry[];
}

/** One value of the column. */
export interface LegendEntry {
  readonly name: string;
  readonly colour: string | undefined;
  readonly dash: readonly number[];
  /** A shape's name in Vega; undefined where the marks are lines. */
  readonly shape: string | undefined;
}

interface LegendChannel {
  readonly field: string;
  readonly scale: { readonly domain: readonly string[]; readonly range: readonly unknown[] };
  readonly legend?: unknown;
}

/** The legends of a figure, a column each, in order of appearance; those that it leaves out are not among them. */
export function legendsOf(spec: Specification): Legend[] {
  const columns = new Map<string, Map<string, Map<string, unknown>>>();
  const shown = new Set<string>();
  mapped(spec, (object) => {
    for (const [name, channel] of Object.entries((object.encoding ?? {}) as Record<string, unknown>)) {
      if (!tellsApart(channel)) continue;
      // A dash stands under another spelling of its column where the figure's own legend leaves it out.
      const field = channel.field.replace(/^\['(.*)'\]$/, '$1');
      if (channel.legend !== null) shown.add(field);
      const values = columns.get(field) ?? new Map<string, Map<string, unknown>>();
      columns.set(field, values);
      channel.scale.domain.forEach((value, i) => {
        const look = values.get(value) ?? new Map<string, unknown>();
        values.set(value, look.set(name === 'stroke' ? 'color' : name, channel.scale.range[i]));
      });
    }
    return object;
  });
  return [...columns]
    .filter(([field]) => shown.has(field))
    .map(([field, values]) => ({
      field,
      entries: [...values].map(([name, look]) => ({
        name,
        colour: look.get('color') as string | undefined,
        dash: (look.get('strokeDash') ?? []) as readonly number[],
        shape: look.get('shape') as string | undefined,
      })),
    }));
}

/** The figure without legends of its own, which leaves out the rows whose value is in the signal of its column. */
export function toggled(spec: Specification, legends: readonly Legend[]): Specification {
  const bare = mapped(spec, (object) => {
    if (object.encoding === undefined) return object;
    const encoding = Object.entries(object.encoding as Record<string, unknown>).map(([name, channel]) => [
      name,
      tellsApart(channel) ? { ...channel, legend: null } : channel,
    ]);
    return { ...object, encoding: Object.fromEntries(encoding) as unknown };
  });
  return {
    ...bare,
    params: [...(spec.params ?? []), ...legends.map((_, i) => ({ name: hiddenSignal(i), value: [] }))],
    transform: [
      ...legends.map(({ field }, i) => ({
        filter: `indexof(${hiddenSignal(i)}, datum[${JSON.stringify(field)}]) < 0`,
      })),
      ...(spec.transform ?? []),
    ],
  };
}

/** The signal that holds the hidden values of a figure's i-th legend. */
export function hiddenSignal(i: number): string {
  return `hidden_${i}`;
}

function tellsApart(channel: unknown): channel is LegendChannel {
  if (typeof channel !== 'object' || channel === null) return false;
  const { field, type, scale } = channel as { field?: unknown; type?: unknown; scale?: LegendChannel['scale'] };
  return typeof field === 'string' && type === 'nominal' && Array.isArray(scale?.domain) && Array.isArray(scale.range);
}
