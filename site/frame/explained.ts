import { sentences } from 'virtual:glossary';
import { htmlText } from '../../src/figure/scripts.js';

/** The terms of the glossary behind names of measures, settings and columns. */
const termsOf: Readonly<Record<string, string>> = {
  ...{ averageGap: 'gap', maxGap: 'F_max', averageMaxGap: 'F_max', 'SFT lost': 'forgetting', forgotten: 'forgetting' },
  ...{ dpo: 'DPO', f_DPO: 'DPO', sft: 'SFT', f_SFT: 'SFT', dpoGap: 'gap', sftGap: 'gap' },
  ...{ idealDistance: 'ideal point', normalizedIdealDistance: 'normalised ideal distance' },
  ...{ 'norm. ideal distance': 'normalised ideal distance', forgettingKl: 'KL', 'forgetting KL': 'KL' },
  ...{ lambda: 'λ', Conflict: 'conflict', Seeds: 'seed', 'First seed': 'seed' },
};

/** The term of the glossary that explains the first word of a text, up to a comma or a colon; none where it knows none. */
export function termOf(text: string): string | undefined {
  const [word] = text.split(/[,:]/, 1);
  const term = Object.hasOwn(termsOf, word) ? termsOf[word] : word;
  return Object.hasOwn(sentences, term) ? term : undefined;
}

/** The attribute that has the label of a control, all of it, explained by the term of its first word; or nothing. */
export function explainedBy(text: string): string {
  const term = termOf(text);
  return term === undefined ? '' : ` data-term="${term}"`;
}

/**
 * HTML of a label or of a table's heading whose first word, up to a comma or a colon, the glossary explains on hover and
 * focus where it stands; of one that it does not know, the text alone.
 * @param set the text as HTML
 */
export function explained(text: string, set: (part: string) => string = htmlText): string {
  const [word] = text.split(/[,:]/, 1);
  const term = termOf(text);
  if (term === undefined) return set(text);
  const button = `<button type="button" class="term" data-term="${term}">${set(word)}</button>`;
  if (word === text) return button;
  const [sign, rest] = [text.slice(word.length, word.length + 1), text.slice(word.length + 1)];
  return `<span class="termed">${button}${sign}</span>${set(rest)}`;
}

/** Between a word and its sentence, and between that and the window's edge, in pixels. */
const [below, edge] = [4, 16];

/** The sentence of the word that has the pointer or the focus. */
const sentence = Object.assign(document.createElement('div'), {
  className: 'explained',
  id: 'explained',
  hidden: true,
});
sentence.setAttribute('role', 'tooltip');
let shown: HTMLElement | undefined;

// A choice that has the focus may choose another term.
for (const kind of ['pointerover', 'focusin', 'change'] as const) {
  document.addEventListener(kind, (event) => {
    const { target } = event;
    if (target === sentence || !(target instanceof Element)) return;
    if (isChoosing(event, target)) return;
    const word = target.closest<HTMLElement>('[data-term]');
    if (word === null) hide();
    else show(word);
  });
}
document.addEventListener('focusout', hide);
// A word that comes to the pointer by scrolling is told of before the scrolling itself.
document.addEventListener('scroll', place, { capture: true, passive: true });
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') hide();
});

/** Whether a finger or a click chooses by a label, which is to do that alone: the sentence would lie over what it changes. */
function isChoosing(event: Event, target: Element): boolean {
  if (target.closest('label[data-term]') === null || target.closest('.term') !== null) return false;
  return event instanceof PointerEvent ? event.pointerType === 'touch' : !target.matches(':focus-visible');
}

/** Shows a word's sentence outside of whatever would cut it off. */
function show(word: HTMLElement): void {
  shown = word;
  sentence.innerHTML = sentences[word.dataset.term ?? ''] ?? '';
  sentence.hidden = false;
  const control = word instanceof HTMLLabelElement ? word.control : null;
  (control ?? word).setAttribute('aria-describedby', sentence.id);
  // What is outside a dialog lies below it.
  (word.closest('dialog') ?? document.body).append(sentence);
  place();
}

/** Puts the sentence below its word, or above where the window ends. */
function place(): void {
  if (shown === undefined) return;
  const { left, top, bottom } = shown.getBoundingClientRect();
  const { width, height } = sentence.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const isBelow = bottom + below + height <= clientHeight;
  sentence.style.left = `${Math.max(edge, Math.min(left, clientWidth - edge - width))}px`;
  sentence.style.top = `${isBelow ? bottom + below : top - below - height}px`;
}

function hide(): void {
  shown = undefined;
  sentence.hidden = true;
}
