import 'katex/dist/katex.min.css';
import './frame.css';

/** The colour schemes, in the order in which the button goes through them; '' follows the system. */
const schemes = [
  { scheme: '', sign: '◐', name: 'as the system' },
  { scheme: 'light', sign: '○', name: 'light' },
  { scheme: 'dark', sign: '●', name: 'dark' },
] as const;

const button = document.querySelector<HTMLButtonElement>('.scheme');
if (button !== null) {
  button.hidden = false;
  show(button);
  button.addEventListener('click', () => {
    const next = schemes[(schemes.indexOf(current()) + 1) % schemes.length];
    document.documentElement.dataset.scheme = next.scheme;
    try {
      localStorage.setItem('scheme', next.scheme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    show(button);
  });
}

function current(): (typeof schemes)[number] {
  return schemes.find(({ scheme }) => scheme === document.documentElement.dataset.scheme) ?? schemes[0];
}

function show(element: HTMLButtonElement): void {
  const { sign, name } = current();
  element.textContent = sign;
  element.setAttribute('aria-label', `Colour scheme: ${name}`);
  element.title = `Colour scheme: ${name}`;
}

/** A term's sentence is moved to the left where it would leave the window. */
function keepInside({ target }: Event): void {
  const sentence = target instanceof HTMLElement ? target.closest('.termed')?.querySelector('.term-text') : undefined;
  if (!(sentence instanceof HTMLElement)) return;
  sentence.style.translate = '';
  const { right } = sentence.getBoundingClientRect();
  const over = right - (document.documentElement.clientWidth - 16);
  if (over > 0) sentence.style.translate = `${-over}px`;
}
for (const kind of ['pointerover', 'focusin']) document.addEventListener(kind, keepInside);
