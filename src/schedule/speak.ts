import * as z from 'zod';
import { checked } from '../base/checked.js';
import { InputError } from '../base/input-error.js';
import { answered, questionAt, saved, type Service, type ServicePosition } from './service.js';

/** The longest line that is taken, in bytes. */
const longestLine = 2 ** 16;

/**
 * Has a service speak JSON lines: it says a question, takes a line that answers it or asks for the state
 * (`{ "save": true }`), and so on until the lines end.
 * @param input bytes of UTF-8 text, in pieces of any length
 * @param say takes a line without its end; where it returns a promise, that is waited for
 * @throws InputError with the number of the line that could not be taken
 */
export async function speak(
  service: Service,
  from: ServicePosition,
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  say: (line: string) => void | Promise<void>,
): Promise<void> {
  let position = from;
  await say(JSON.stringify(questionAt(service, position)));
  for await (const { number, text } of numberedLines(input)) {
    const place = `line ${number}`;
    const message = parsed(text, place);
    if (typeof message === 'object' && message !== null && 'save' in message) {
      checked(z.strictObject({ save: z.literal(true) }), message, { place });
      await say(JSON.stringify(saved(service, position)));
      continue;
    }
    position = placed(place, () => answered(service, position, message));
    await say(JSON.stringify(questionAt(service, position)));
  }
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(place, text, 'a line of JSON');
  }
}

/** What a function gives; its refusals name the place. */
function placed<Value>(place: string, compute: () => Value): Value {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${place}: ${error.field}`, error.value, error.expected);
  }
}

/** The lines of a stream with their numbers from 1, the last also without its end. */
async function* numberedLines(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<{ number: number; text: string }> {
  let number = 1;
  let open: Uint8Array[] = [];
  let length = 0;
  const line = (): { number: number; text: string } => {
    const place = `line ${number}`;
    const bytes = Buffer.concat(open);
    [open, length] = [[], 0];
    try {
      return { number: number++, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } catch {
      throw new InputError(place, 'bytes that are not UTF-8', 'a line of JSON');
    }
  };
  for await (const piece of input) {
    let start = 0;
    for (let end = piece.indexOf(newline); ; end = piece.indexOf(newline, start)) {
      const part = piece.subarray(start, end < 0 ? piece.length : end);
      length += part.length;
      if (length > longestLine) {
        throw new InputError(`line ${number}`, `more than ${longestLine} bytes`, 'a line of JSON');
      }
      open.push(part);
      if (end < 0) break;
      yield line();
      start = end + 1;
    }
  }
  if (length > 0) yield line();
}

const newline = 0x0a;
