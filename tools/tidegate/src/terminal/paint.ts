type Painter = (text: string) => string;

/** How parts of a text are shown by what they mean. */
export interface Paint {
  readonly isColoured: boolean;
  readonly good: Painter;
  readonly bad: Painter;
  readonly doubtful: Painter;
  readonly heading: Painter;
  readonly faint: Painter;
}

/** SGR parameters: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const CODES = { good: 32, bad: 31, doubtful: 33, heading: 1, faint: 2 } as const;

export function createPaint(isColoured: boolean): Paint {
  const painter =
    (code: number): Painter =>
    (text) =>
      isColoured && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    isColoured,
    good: painter(CODES.good),
    bad: painter(CODES.bad),
    doubtful: painter(CODES.doubtful),
    heading: painter(CODES.heading),
    faint: painter(CODES.faint),
  };
}
