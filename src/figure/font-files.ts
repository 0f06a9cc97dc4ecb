import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** The font files that figures are set in, by weight: Inter, under the SIL Open Font Licence. */
export const fontFiles = {
  400: resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  600: resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
} as const;
