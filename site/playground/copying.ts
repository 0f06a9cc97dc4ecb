import { element } from './element.js';

/** Lets a button copy a text, and say so. */
export function copies(button: string, text: () => string | Promise<string>): void {
  element(button, HTMLElement).addEventListener('click', ({ currentTarget }) => {
    void Promise.resolve(text()).then((copied) => copy(copied, currentTarget));
  });
}

async function copy(text: string, button: EventTarget | null): Promise<void> {
  if (!(button instanceof HTMLElement)) return;
  // Not what it said of the press before.
  const label = (button.dataset.label ??= button.textContent);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    // Browsers keep the clipboard from pages that came over plain http: what is to be copied is selected instead.
    button.textContent = selectShown(text) ? 'Selected: press Ctrl C' : 'The browser refused';
  }
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
}

/** Selects the text where the page shows it; the link is shown in a dialogue of its own. */
function selectShown(text: string): boolean {
  const places = [...document.querySelectorAll('pre')].filter(({ textContent }) => textContent !== '');
  const place = places.find(({ textContent }) => text.endsWith(textContent));
  if (place === undefined) {
    prompt('Copy this:', text);
    return true;
  }
  place.textContent = text;
  getSelection()?.selectAllChildren(place);
  return true;
}
