import { shortText } from '../../src/base/short-text.js';
import { remedyList } from './remedy-list.js';
import { drawnMeasures, initialState, problemKinds, scheduleKeys, type Ellipse, type State } from './state.js';

/** One part of the state as it stands in the address. */
interface AddressPart {
  /** The part's text; undefined where it is not said, because the problem shown has no such part. */
  readonly write: (state: State) => string | undefined;
  /** The state with the part that a text says; undefined where the text says nothing that can be. */
  readonly read: (text: string, state: State) => State | undefined;
}

const parts: Readonly<Record<string, AddressPart>> = {
  problem: word(
    problemKinds,
    ({ kind }) => kind,
    (state, kind) => ({ ...state, kind }),
  ),
  dpo: ellipse('dpo'),
  sft: ellipse('sft'),
  start: {
    write: ({ kind, quadratic, closedForm }) =>
      kind === 'quadratic'
        ? numbersText(quadratic.start)
        : kind === 'closed-form'
          ? String(closedForm.start)
          : undefined,
    read(text, state) {
      const values = numbers(text, state.kind === 'quadratic' ? 2 : 1);
      if (values === undefined) return undefined;
      return state.kind === 'quadratic'
        ? { ...state, quadratic: { ...state.quadratic, start: [values[0], values[1]] } }
        : { ...state, closedForm: { ...state.closedForm, start: values[0] } };
    },
  },
  noise: {
    write: ({ kind, quadratic, closedForm }) =>
      kind === 'quadratic' ? String(quadratic.noise) : kind === 'closed-form' ? String(closedForm.noise) : undefined,
    read(text, state) {
      const noise = numberIn(text, 0, 1e6);
      if (noise === undefined) return undefined;
      return state.kind === 'quadratic'
        ? { ...state, quadratic: { ...state.quadratic, noise } }
        : { ...state, closedForm: { ...state.closedForm, noise } };
    },
  },
  radius: {
    write: ({ kind, quadratic, logLinear }) =>
      kind === 'quadratic' ? String(quadratic.radius) : kind === 'log-linear' ? String(logLinear.radius) : undefined,
    read(text, state) {
      const radius = numberIn(text, 0, 1e6);
      if (radius === undefined) return undefined;
      return state.kind === 'quadratic'
        ? { ...state, quadratic: { ...state.quadratic, radius } }
        : { ...state, logLinear: { ...state.logLinear, radius } };
    },
  },
  conflict: logLinear('conflict', -1, 1),
  beta: logLinear('beta', 1e-6, 1e6),
  candidates: logLinear('candidates', 2, 50, true),
  examples: logLinear('examples', 1, 1000, true),
  'problem-seed': logLinear('problemSeed', 0, 2 ** 31, true),
  own: {
    write: ({ own }) => (own.length === 0 ? undefined : own.map(({ key }) => key).join(',')),
    read(text, state) {
      const known = state.own.map(({ key }) => key);
      return text.split(',').every((key) => known.includes(key)) ? state : undefined;
    },
  },
  schedules: {
    write: ({ schedules }) => schedules.join(','),
    read(text, state) {
      const wanted = text.split(',');
      const schedules = scheduleKeys(state).filter((key) => wanted.includes(key));
      return schedules.length > 0 && schedules.length === wanted.length ? { ...state, schedules } : undefined;
    },
  },
  lambda: number('lambda', 0, 1),
  steps: number('steps', 1, 100_000, true),
  'step-size': {
    write: ({ stepSize }) => stepSize,
    read: (text, state) => (text.trim() === '' ? undefined : { ...state, stepSize: text }),
  },
  'first-stage': number('firstStage', 0, 1),
  period: number('period', 1, 100_000, true),
  batch: number('batch', 1, 10_000, true),
  seeds: number('seeds', 1, 1000, true),
  seed: number('seed', 0, Number.MAX_SAFE_INTEGER, true),
  remedies: {
    write: ({ remedies }) => (remedies.join() === initialState.remedies.join() ? undefined : remedies.join(',')),
    read(text, state) {
      const wanted = text === '' ? [] : text.split(',');
      const remedies = remedyList.map(({ name }) => name).filter((name) => wanted.includes(name));
      return remedies.length === wanted.length ? { ...state, remedies } : undefined;
    },
  },
  'forget-at-most': {
    write: ({ forgetAtMost }) => (forgetAtMost === undefined ? undefined : String(forgetAtMost)),
    read(text, state) {
      const forgetAtMost = numberIn(text, 0, 1e6);
      return forgetAtMost === undefined ? undefined : { ...state, forgetAtMost };
    },
  },
  measure: word(
    drawnMeasures,
    ({ measure }) => measure,
    (state, measure) => ({ ...state, measure }),
  ),
};

/** The part of the address that says the state but for a file of the visitor's own. */
export function plainAddress(state: State): string {
  return wordsOf(state).join('&');
}

function wordsOf(state: State): string[] {
  return Object.entries(parts).flatMap(([name, { write }]) => {
    const text = write(state);
    return text === undefined ? [] : [`${name}=${encoded(text)}`];
  });
}

/** The part of the address behind '#' that says the whole state; a file is compressed. */
export async function toAddress(state: State): Promise<string> {
  const words = wordsOf(state);
  if (state.kind === 'file')
    words.push(`name=${encoded(state.file.name)}`, `file=${await compressed(state.file.text)}`);
  return words.join('&');
}

/**
 * The state that an address says, and the parts of it that could not be understood.
 * @param own the schedules of the visitor's own that the address names, where the browser keeps them
 */
export async function fromAddress(hash: string, own: State['own'] = []): Promise<{ state: State; refused: string[] }> {
  const said = new URLSearchParams(hash.replace(/^#/, '').replaceAll('+', '%2B'));
  const refused: string[] = [];
  let state: State = { ...initialState, own };
  for (const [name, { read }] of Object.entries(parts)) {
    const text = said.get(name);
    if (text === null) continue;
    const next = read(text, state);
    if (next === undefined) refused.push(shown(name, text));
    else state = next;
  }
  const file = said.get('file');
  if (file !== null) {
    try {
      state = { ...state, file: { name: said.get('name') ?? 'problem.json', text: await expanded(file) } };
    } catch {
      refused.push('file');
    }
  }
  for (const name of said.keys()) {
    if (!Object.hasOwn(parts, name) && name !== 'file' && name !== 'name' && name !== 'kept')
      refused.push(shown(name, said.get(name) ?? ''));
  }
  return { state, refused };
}

function shown(name: string, text: string): string {
  return shortText(`${name}=${text}`, 80);
}

function word<Word extends string>(
  words: readonly Word[],
  of: (state: State) => string,
  withWord: (state: State, word: Word) => State,
): AddressPart {
  return {
    write: of,
    read(text, state) {
      const found = words.find((known) => known === text);
      return found === undefined ? undefined : withWord(state, found);
    },
  };
}

type NumberName = 'lambda' | 'steps' | 'firstStage' | 'period' | 'batch' | 'seeds' | 'seed';

function number(name: NumberName, least: number, most: number, whole = false): AddressPart {
  return {
    write: (state) => String(state[name]),
    read(text, state) {
      const value = numberIn(text, least, most, whole);
      return value === undefined ? undefined : { ...state, [name]: value };
    },
  };
}

function logLinear(name: keyof State['logLinear'], least: number, most: number, whole = false): AddressPart {
  return {
    write: ({ kind, logLinear: choice }) => (kind === 'log-linear' ? String(choice[name]) : undefined),
    read(text, state) {
      const value = numberIn(text, least, most, whole);
      return value === undefined ? undefined : { ...state, logLinear: { ...state.logLinear, [name]: value } };
    },
  };
}

function ellipse(name: 'dpo' | 'sft'): AddressPart {
  const text = ({ x, y, first, second, angle }: Ellipse): string => numbersText([x, y, first, second, angle]);
  return {
    write: ({ kind, quadratic }) => (kind === 'quadratic' ? text(quadratic[name]) : undefined),
    read(said, state) {
      const values = numbers(said, 5);
      if (values === undefined || !(values[2] > 0 && values[3] > 0)) return undefined;
      const [x, y, first, second, angle] = values;
      return { ...state, quadratic: { ...state.quadratic, [name]: { x, y, first, second, angle } } };
    },
  };
}

function numbersText(values: readonly number[]): string {
  return values.join(',');
}

function numbers(text: string, count: number): number[] | undefined {
  const values = text.split(',').map((part) => numberIn(part, -1e6, 1e6));
  return values.length === count && values.every((value) => value !== undefined) ? values : undefined;
}

function numberIn(text: string, least: number, most: number, whole = false): number | undefined {
  const value = text.trim() === '' ? NaN : Number(text);
  return value >= least && value <= most && (!whole || Number.isInteger(value)) ? value : undefined;
}

/** Percent-encoded where an address needs it, and no more, so that it can be read. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/%(2C|2F|3A|28|29|2A)/g, (code) => decodeURIComponent(code));
}

async function compressed(text: string): Promise<string> {
  const bytes = await through(new Blob([text]), new CompressionStream('deflate-raw'));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function expanded(text: string): Promise<string> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(
    await through(new Blob([bytes]), new DecompressionStream('deflate-raw')),
  );
}

/** The most bytes of a file that an address may expand to; a few kilobytes of it could become gigabytes. */
const mostExpanded = 16 * 2 ** 20;

/** Content changed by a stream; throws where it becomes larger than an address may. */
async function through(content: Blob, change: GenericTransformStream): Promise<Uint8Array> {
  const reader = (content.stream().pipeThrough(change) as ReadableStream<Uint8Array>).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
    if (length <= mostExpanded) continue;
    await reader.cancel();
    throw new RangeError(`a file of more than ${mostExpanded} bytes`);
  }
  const all = new Uint8Array(length);
  let position = 0;
  for (const piece of pieces) {
    all.set(piece, position);
    position += piece.length;
  }
  return all;
}
