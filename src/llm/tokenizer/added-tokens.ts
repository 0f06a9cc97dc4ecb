/** A token that is found in the text itself, before the tokenizer's model sees it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it counts only where no letter, mark, digit or underscore touches it. */
  readonly singleWord: boolean;
  /** Whether it takes the white space before, or behind, with it. */
  readonly strip: { readonly left: boolean; readonly right: boolean };
  /** Whether it is looked for in the normalised text. */
  readonly normalized: boolean;
  readonly special: boolean;
}

/** A piece of a text: the id of an added token, or text that is none. */
export type TextPiece = number | string;

// Rust's \w, by which the tokenizers library tells words.
const word = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';
const endsInWord = new RegExp(`${word}$`, 'u');
const beginsWithWord = new RegExp(`^${word}`, 'u');

/**
 * Cuts texts at added tokens, of which the first in the text counts, and of those that begin there the longest. One
 * that is not accepted for the letters around it is text, and hides what is inside it, as in the tokenizers library.
 * Source: https://github.com/huggingface/tokenizers, added_vocabulary.rs (find_matches).
 */
export function addedTokenSplitter(tokens: readonly AddedToken[]): (text: string) => TextPiece[] {
  const byStart = new Map<string, AddedToken[]>();
  for (const token of [...tokens].sort((a, b) => b.content.length - a.content.length)) {
    const start = token.content[0];
    byStart.set(start, [...(byStart.get(start) ?? []), token]);
  }
  return (text) => {
    const pieces: TextPiece[] = [];
    // What is not yet in a piece begins at `open`.
    let open = 0;
    for (let at = 0; at < text.length;) {
      const token = byStart.get(text[at])?.find(({ content }) => text.startsWith(content, at));
      if (token === undefined) {
        at += 1;
        continue;
      }
      const end = at + token.content.length;
      const accepted =
        !token.singleWord || !(endsInWord.test(text.slice(0, at)) || beginsWithWord.test(text.slice(end)));
      if (accepted && at >= open) {
        const start = token.strip.left ? Math.max(open, at - whitespaceBefore(text, at)) : at;
        if (start > open) pieces.push(text.slice(open, start));
        pieces.push(token.id);
        open = token.strip.right ? end + whitespaceBehind(text, end) : end;
      }
      at = end;
    }
    if (open < text.length) pieces.push(text.slice(open));
    return pieces;
  };
}

const whitespace = /^\p{White_Space}$/u;

function whitespaceBefore(text: string, at: number): number {
  let start = at;
  while (start > 0 && whitespace.test(text[start - 1])) start -= 1;
  return at - start;
}

function whitespaceBehind(text: string, at: number): number {
  let end = at;
  while (end < text.length && whitespace.test(text[end])) end += 1;
  return end - at;
}
