import { fromByteText } from '../../engine/kconfig/byte-text.ts';
import type { Configuration } from '../../engine/kconfig/configuration.ts';
import { NO, type ConfigSymbol } from '../../engine/kconfig/symbol.ts';
import { explain } from '../../engine/kconfig/why.ts';
import type { Preview } from './session.ts';

/** One line about a symbol: its name and value, and what keeps a person from changing it. */
export function obstacle(configuration: Configuration, symbol: ConfigSymbol): string {
  if (symbol.name === undefined) return '';
  const { value, origin, blockedBy, changeable, hasPrompt } = explain(configuration, symbol);
  const start = `${symbol.name}=${value}`;
  let text = start;
  if (origin.kind === 'selected' && !changeable) {
    text = `${start}: forced by ${origin.by.map((cause) => cause.symbol.label).join(', ')}`;
  } else if (symbol.visible === NO && hasPrompt) {
    text = `${start}: hidden, it needs ${blockedBy.map((cause) => cause.text).join(' and ')}`;
  } else if (origin.kind === 'implied') {
    text = `${start}: implied by ${origin.by.map((cause) => cause.symbol.label).join(', ')}`;
  }
  return fromByteText(text);
}

/** A library's switch: `LIBMUSL`, not `LIBMUSL_DEBUG`. */
function isLibrary(name: string): boolean {
  return /^LIB[A-Z0-9]+$/.test(name);
}

/** What a toggle would alter, in one line. */
export function summary({ to, changes, compiled }: Preview, symbol: ConfigSymbol): string {
  const others = changes.filter(({ name }) => name !== symbol.name);
  const again = compiled === undefined ? '' : `; ${compiled} to compile again`;
  if (others.length === 0) return `${to} alters nothing else${again}.`;
  const libraries = changes.filter(({ name }) => isLibrary(name));
  const added = libraries.filter(({ after }) => after === 'y').map(({ name }) => `+${name}`);
  const removed = libraries.filter(({ after }) => after !== 'y').map(({ name }) => `-${name}`);
  const names = [...added, ...removed].join(' ');
  const plural = others.length === 1 ? 'option' : 'options';
  return `${to} alters ${others.length} more ${plural}${names === '' ? '' : `: ${names}`}${again}. <A> lists them.`;
}
