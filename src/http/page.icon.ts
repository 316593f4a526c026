import { html } from "ghtml";
import { textOn } from "./page.color";
import { initialOf } from "./page.text";

/** Of whatever has no color of its own. */
export const NEUTRAL = "#546072";

/** An image of one letter, where there is no logo or it could not be had. */
export const initialIcon = (name: string, color = NEUTRAL): string =>
  html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="${color}"/><text x="32" y="45" text-anchor="middle" font-family="system-ui, sans-serif" font-size="36" font-weight="700" fill="${textOn(color)}">${initialOf(name)}</text></svg>`;
