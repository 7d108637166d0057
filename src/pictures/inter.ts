import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

/** The name under which the shipped font is known to the canvas. */
export const FAMILY = 'Countersign Inter';
const require = createRequire(import.meta.url);
let ready = false;

/** A bare machine has no fonts, and text without a font silently disappears: the font comes with the project. */
export function useInter(): void {
  if (ready) return;
  for (const weight of ['400Regular/Inter_400Regular', '600SemiBold/Inter_600SemiBold']) {
    const path = require.resolve(`@expo-google-fonts/inter/${weight}.ttf`);
    if (GlobalFonts.registerFromPath(path, FAMILY) === null) throw new Error(`the font ${path} could not be read`);
  }
  ready = true;
}
