import type { Diagnostic, Location } from '../../engine/location.ts';
import type { ParsedDocument } from './document.ts';
import type { KconfigSetting } from './manifest.ts';
import { formatPath } from './problems.ts';
import type { SettingsData } from './schema.ts';

/** One `NAME=value`, of a list or a map; `value` is null where there is none. */
interface Setting {
  readonly name: string;
  readonly value: string | boolean | null;
  readonly location: Location;
}

/** Brings the list form and the map form of settings together. */
function entries(
  data: SettingsData | null | undefined,
  path: readonly PropertyKey[],
  parsed: ParsedDocument,
  problems: Diagnostic[],
): Setting[] {
  if (data === null || data === undefined) return [];
  if (Array.isArray(data)) {
    return data.map((item, index) => {
      const text = String(item);
      const equals = text.indexOf('=');
      const location = parsed.locate([...path, index]);
      return equals < 0
        ? { name: text.trim(), value: null, location }
        : { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim(), location };
    });
  }
  return Object.entries(data).flatMap(([name, value]): Setting[] => {
    const location = parsed.locateKey([...path, name]);
    if (value !== null && typeof value === 'object') {
      problems.push({
        message: `${formatPath([...path, name])}: expected a value, found a ${Array.isArray(value) ? 'list' : 'map'}`,
        location: parsed.locate([...path, name]),
      });
      return [];
    }
    return [{ name, value: value as string | boolean | null, location }];
  });
}

/**
 * Reads `kconfig`, a list or a map. `CONFIG_` before a name may be left out; true and false are y and n; a text may
 * stand in double quotes, as it does in `.config`.
 */
export function readKconfig(
  data: SettingsData | null | undefined,
  path: readonly PropertyKey[],
  parsed: ParsedDocument,
  problems: Diagnostic[],
): KconfigSetting[] {
  return entries(data, path, parsed, problems).flatMap(({ name, value, location }): KconfigSetting[] => {
    const option = name.replace(/^CONFIG_/, '');
    if (!/^[A-Za-z0-9_]+$/.test(option)) {
      problems.push({
        message: `${formatPath(path)}: '${name}' is no name of a Kconfig option`,
        location,
        hint: 'Write CONFIG_NAME=value.',
      });
      return [];
    }
    if (value === null) {
      problems.push({
        message: `${formatPath(path)}: ${name} has no value`,
        location,
        hint: `Write y, n, a number or a text, e.g. ${Array.isArray(data) ? `${name}=y` : `${name}: y`}.`,
      });
      return [];
    }
    const text = typeof value === 'boolean' ? (value ? 'y' : 'n') : value;
    const quoted = /^"(.*)"$/s.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1');
    return [{ name: option, value: quoted ?? text, location }];
  });
}

/** Reads `env` or `labels`, a list or a map of texts; a name alone is an empty text. */
export function readTexts(
  data: SettingsData | null | undefined,
  path: readonly PropertyKey[],
  parsed: ParsedDocument,
  problems: Diagnostic[],
): { name: string; value: string }[] {
  return entries(data, path, parsed, problems).map(({ name, value }) => ({
    name,
    value: String(value ?? ''),
  }));
}
