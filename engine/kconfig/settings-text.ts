/** One line of a configuration file. */
export interface SettingLine {
  /** Without the prefix. */
  readonly name: string;
  /** As written, quotes included; `n` for a symbol that is not set. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** Takes a configuration file apart; lines that are no settings are left out. The last line of a name wins. */
export function readSettings(text: string, prefix: string): Map<string, SettingLine> {
  const settings = new Map<string, SettingLine>();
  text.split('\n').forEach((line, index) => {
    const at = index + 1;
    if (line.startsWith(`# ${prefix}`)) {
      const match = /^(\S+) is not set/.exec(line.slice(2 + prefix.length));
      if (match !== null) settings.set(match[1]!, { name: match[1]!, value: 'n', line: at });
    } else if (line.startsWith(prefix)) {
      const equals = line.indexOf('=', prefix.length);
      if (equals === -1) return;
      const name = line.slice(prefix.length, equals);
      settings.set(name, { name, value: line.slice(equals + 1).replace(/\r$/, ''), line: at });
    }
  });
  return settings;
}

/** What differs between two configurations. */
export interface SettingChange {
  readonly name: string;
  /** Undefined where the symbol was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * Compares two configurations by name, in the order of the second, then what only the first has. A symbol that
 * is missing and one that is not set are the same.
 */
export function compareSettings(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): SettingChange[] {
  const changes: SettingChange[] = [];
  const differ = (a: string | undefined, b: string | undefined): boolean => (a ?? 'n') !== (b ?? 'n');
  for (const [name, value] of after) {
    const old = before.get(name);
    if (differ(old, value)) changes.push({ name, before: old, after: value });
  }
  for (const [name, value] of before) {
    if (!after.has(name) && differ(value, undefined)) changes.push({ name, before: value, after: undefined });
  }
  return changes;
}
