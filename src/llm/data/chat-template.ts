import * as library from '@huggingface/jinja';
import { InputError } from '../../base/input-error.js';
import { withinTime } from '../../base/time-limit.js';
import type { ChatTemplateFile } from '../tokenizer/tokenizer.js';
import type { Message } from './dialogue.js';
import type { Span } from './sequence.js';

// The part of the library that is used here: its own type declarations do not resolve under Node's module rules.
interface JinjaEnvironment {
  set(name: string, value: unknown): void;
}
const { Environment, Interpreter, parse, tokenize } = library as unknown as {
  Environment: new () => JinjaEnvironment;
  Interpreter: new (environment: JinjaEnvironment) => { run(program: unknown): { readonly value: unknown } };
  parse: (tokens: unknown) => unknown;
  tokenize: (text: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }) => unknown;
};

/** What a conversation becomes: its text, and the spans of characters that are replies. */
export interface RenderedTurns {
  readonly text: string;
  readonly replies: readonly Span[];
}

/** A chat template, ready to render. */
export interface ChatTemplate {
  /**
   * A conversation as text, and in it the turns of the assistant from turn number `from` on. A turn is what rendering up
   * to and with it adds to rendering up to it with a generation prompt; undefined where the template renders the first
   * turns otherwise alone than with more behind them, so that this is not to be found.
   * @throws InputError where the template refuses the conversation
   */
  render(messages: readonly Message[], from: number, place: string): RenderedTurns | undefined;
}

/** The most milliseconds that a template may take for a conversation. */
const patience = 20_000;

/**
 * The chat template of a file, by the rules of Python's transformers: blocks are trimmed, and it knows messages,
 * add_generation_prompt, the special tokens and raise_exception. Its clock stands still, at the day that Llama 3's own
 * template falls back to: the same records give the same tokens on every day.
 * @throws InputError naming the file where it is no template
 */
export function chatTemplate({ text, place, tokens }: ChatTemplateFile): ChatTemplate {
  const program = guarded(() => parse(tokenize(text, { lstrip_blocks: true, trim_blocks: true })));
  const render = (messages: readonly Message[], generation: boolean): string => {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...constants, ...tokens })) environment.set(name, value);
    environment.set('messages', messages);
    environment.set('add_generation_prompt', generation);
    const late = (): InputError =>
      new InputError(place, 'a template that does not finish', `one that finishes within ${patience} ms`);
    return withinTime(patience, () => String(new Interpreter(environment).run(program).value), late);
  };
  return {
    render(messages, from, record) {
      let whole: string;
      try {
        whole = render(messages, false);
      } catch (error) {
        if (error instanceof InputError) throw error;
        throw new InputError(record, (error as Error).message, `a conversation that ${place} takes`);
      }
      const replies: Span[] = [];
      for (const [turn, { role }] of messages.entries()) {
        if (role !== 'assistant' || turn < from) continue;
        const span = spanOf(turn);
        if (span === undefined) return undefined;
        if (span.start < span.end) replies.push(span);
      }
      return { text: whole, replies };

      function spanOf(turn: number): Span | undefined {
        try {
          const before = render(messages.slice(0, turn), true);
          const after = render(messages.slice(0, turn + 1), false);
          if (!whole.startsWith(after) || !after.startsWith(before)) return undefined;
          return { start: before.length, end: after.length };
        } catch (error) {
          if (error instanceof InputError) throw error;
          return undefined;
        }
      }
    },
  };

  function guarded<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      throw new InputError(place, (error as Error).message, 'a template in Jinja');
    }
  }
}

const constants: Readonly<Record<string, unknown>> = {
  ...{ true: true, false: false, none: null, True: true, False: false, None: null },
  raise_exception: (message: unknown) => {
    throw new Error(String(message));
  },
  range: (first: number, end?: number, step = 1) => {
    const [start, stop] = end === undefined ? [0, first] : [first, end];
    return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
  },
  strftime_now: (format: string) => {
    const parts: Readonly<Record<string, string>> = { d: '26', b: 'Jul', B: 'July', m: '07', Y: '2024', y: '24' };
    return format.replace(/%([a-zA-Z])/g, (code, letter: string) => parts[letter] ?? code);
  },
};
