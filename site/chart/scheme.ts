import { ink, ramp } from '../../src/figure/theme.js';
import { mapped, type Specification } from './specification.js';

/** The ramp of the theme on a dark page, where what is dark on paper is light. */
const darkRamp = ['#8A7C60', '#A89A7E', '#C4B9A3', '#DCD6CA', '#F4F3F0'];

/** The figures' inks and their counterparts on a dark page, and those of the schedules' colours that do not stand out there. */
const darkInks: Readonly<Record<string, string>> = {
  [ink.text]: '#E8EAED',
  [ink.strong]: '#FFFFFF',
  [ink.line]: '#A6AEB8',
  [ink.faint]: '#4A525C',
  [ink.grid]: '#2B3138',
  '#555555': '#A6AEB8',
  '#FFFFFF': '#1B1F25',
  white: '#1B1F25',
  '#3A1029': '#F4DCE8',
  '#7A3B62': '#E6B3CF',
  '#6A3054': '#E6B3CF',
  '#A35A85': '#D388B1',
  '#882255': '#D2588E',
  '#117733': '#3FA866',
  '#332288': '#9C8FF0',
  '#661100': '#D2694F',
  ...Object.fromEntries(ramp.map((colour, i) => [colour, darkRamp[i]])),
};

/**
 * A figure's specification on the page's own background, its inks exchanged where that is dark, and without its title:
 * the page has it as text, which wraps.
 */
export function onPage(spec: Specification, dark: boolean): Specification {
  const inked = dark ? mapped(spec, (object) => exchanged(object)) : spec;
  return { ...inked, title: undefined, config: { ...inked.config, background: 'transparent', padding: 2 } };
}

/** A figure's ink as it is on the page. */
export function inkOnPage(ink: string, dark: boolean): string {
  return dark ? (darkInks[ink] ?? ink) : ink;
}

/** A look's colour in CSS, which follows the scheme of the page. */
export function cssInk(colour: string): string {
  const dark = inkOnPage(colour, true);
  return dark === colour ? colour : `light-dark(${colour}, ${dark})`;
}

function exchanged(object: Record<string, unknown>): Record<string, unknown> {
  const exchange = (value: unknown): unknown =>
    typeof value === 'string' ? inkOnPage(value, true) : Array.isArray(value) ? value.map(exchange) : value;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, exchange(value)]));
}
