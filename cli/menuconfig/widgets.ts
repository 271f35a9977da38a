import { clip, textWidth, type Canvas, type Style } from './canvas.ts';
import type { Lines, Theme } from './theme.ts';

/** A rectangle on the screen. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What views draw with. */
export interface Look {
  readonly theme: Theme;
  readonly lines: Lines;
}

/** An area in the middle of the screen, at most this large. */
export function centred(canvas: Canvas, width: number, height: number): Area {
  const fit = { width: Math.min(width, canvas.columns), height: Math.min(height, canvas.rows) };
  return {
    ...fit,
    x: Math.floor((canvas.columns - fit.width) / 2),
    y: Math.floor((canvas.rows - fit.height) / 2),
  };
}

export function drawBox(canvas: Canvas, area: Area, { lines }: Look, border: Style, inside: Style): void {
  const { x, y, width, height } = area;
  if (width < 2 || height < 2) return;
  const across = lines.horizontal.repeat(width - 2);
  const [topLeft, topRight, bottomLeft, bottomRight] = lines.corners;
  canvas.fill(x, y, width, height, inside);
  canvas.put(x, y, topLeft + across + topRight, border);
  for (let row = y + 1; row < y + height - 1; row++) {
    canvas.put(x, row, lines.vertical, border);
    canvas.put(x + width - 1, row, lines.vertical, border);
  }
  canvas.put(x, y + height - 1, bottomLeft + across + bottomRight, border);
}

/** A dialog: a box with a title, and a line above its buttons where it has any. */
export function drawDialog(canvas: Canvas, area: Area, look: Look, title: string, buttons: boolean): void {
  const { theme, lines } = look;
  const { x, y, width, height } = area;
  // A shadow where there is room for one.
  if (x + width + 2 <= canvas.columns && y + height < canvas.rows) {
    canvas.fill(x + 2, y + height, width, 1, theme.shadow);
    canvas.fill(x + width, y + 1, 2, height, theme.shadow);
  }
  drawBox(canvas, area, look, theme.border, theme.dialog);
  if (title !== '') {
    const text = ` ${clip(title, width - 6)} `;
    canvas.put(x + Math.max(1, Math.floor((width - textWidth(text)) / 2)), y, text, theme.title);
  }
  if (buttons && height > 5) {
    const line = lines.tees[0] + lines.horizontal.repeat(Math.max(0, width - 2)) + lines.tees[1];
    canvas.put(x, y + height - 3, line, theme.border);
  }
}

/** Buttons in the last line of an area; `active` is highlighted. */
export function drawButtons(
  canvas: Canvas,
  area: Area,
  { theme }: Look,
  labels: readonly string[],
  active: number,
): void {
  const gap = area.width >= labels.length * 12 ? 12 : Math.floor((area.width - 2) / labels.length);
  const start = area.x + Math.max(1, Math.floor((area.width - gap * labels.length) / 2));
  const y = area.y + area.height - 2;
  labels.forEach((label, index) => {
    const text = gap >= label.length + 4 ? `< ${label} >` : `<${label.slice(0, Math.max(1, gap - 2))}>`;
    canvas.put(start + gap * index, y, text, index === active ? theme.buttonActive : theme.button);
  });
}
