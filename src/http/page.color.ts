type Rgb = readonly [number, number, number];

/** WCAG 2.2, 1.4.3: text of normal size. */
const MIN_CONTRAST = 4.5;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** `#rrggbb`, as the configuration has checked. */
function parse(color: string): Rgb {
  const channel = (index: number) => Number.parseInt(color.slice(index, index + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

const format = (rgb: Rgb): string => `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The text on a surface of this color: one of the two always has a contrast of at least 4.5. */
export const textOn = (color: string): string =>
  contrast(parse(color), WHITE) >= contrast(parse(color), BLACK) ? "#ffffff" : "#000000";

/** The color itself where it can be read on all these backgrounds, else the nearest shade of it that can. */
export function readableOn(color: string, backgrounds: readonly string[]): string {
  const from = parse(color);
  const grounds = backgrounds.map(parse);
  const to = grounds.every((ground) => luminance(ground) > 0.18) ? BLACK : WHITE;
  for (let step = 0; step < 20; step++) {
    const [red = 0, green = 0, blue = 0] = from.map((channel, index) =>
      Math.round(channel + ((to[index] ?? 0) - channel) * (step / 20)),
    );
    const shade: Rgb = [red, green, blue];
    if (grounds.every((ground) => contrast(shade, ground) >= MIN_CONTRAST)) return format(shade);
  }
  return format(to);
}
