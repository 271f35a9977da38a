import { wrap, type Canvas } from './canvas.ts';
import type { Key } from './keys.ts';
import type { Desk, View } from './view.ts';
import { centred, drawButtons, drawDialog } from './widgets.ts';

/** A question to answer with yes or no, or not at all. */
export class ConfirmView implements View {
  readonly #question: string;
  /** undefined: not answered, the view was left. */
  readonly #answer: (yes: boolean | undefined, desk: Desk) => void;
  #button = 0;

  constructor(question: string, answer: (yes: boolean | undefined, desk: Desk) => void) {
    this.#question = question;
    this.#answer = answer;
  }

  draw(canvas: Canvas, { look }: Desk): void {
    const lines = wrap(this.#question, Math.min(56, canvas.columns - 4));
    const area = centred(canvas, 60, lines.length + 5);
    drawDialog(canvas, area, look, '', true);
    lines.forEach((line, row) =>
      canvas.put(area.x + 2, area.y + 1 + row, line, look.theme.dialog, area.width - 4),
    );
    drawButtons(canvas, area, look, [' Yes ', '  No  '], this.#button);
  }

  key(key: Key, desk: Desk): void {
    const answer = (yes: boolean | undefined): void => {
      desk.close(this);
      this.#answer(yes, desk);
    };
    switch (key.kind) {
      case 'left':
      case 'right':
      case 'tab':
      case 'back tab':
        this.#button = 1 - this.#button;
        return;
      case 'enter':
        return answer(this.#button === 0);
      case 'escape':
        return answer(undefined);
      case 'character':
        if (key.text === ' ') return answer(this.#button === 0);
        if ('yY'.includes(key.text)) return answer(true);
        if ('nN'.includes(key.text)) return answer(false);
        if ('dD'.includes(key.text)) desk.differences();
        return;
      default:
    }
  }
}
