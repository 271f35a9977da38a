import { EVERY_SYMBOL } from '../../engine/digest/source-scan.ts';
import { Journal } from '../../engine/journal/journal.ts';

/** Which of the files that a folder's last builds compiled mention which options. */
export class OptionUsers {
  readonly #journalFile: string;
  readonly #prefix: string;
  /** Actions by the option's name, prefix included. */
  #users: ReadonlyMap<string, readonly number[]> | undefined;

  /**
   * @param journalFile the journal of the build folder, which need not exist; it is read when first asked for
   * @param prefix what options have in front in sources: `CONFIG_`
   */
  constructor(journalFile: string, prefix: string) {
    this.#journalFile = journalFile;
    this.#prefix = prefix;
  }

  /**
   * How many compiled files mention any of these options, in their own text or a header's, and would be compiled again.
   * @param names options without the prefix
   * @returns undefined when nothing was built yet
   */
  count(names: Iterable<string>): number | undefined {
    this.#users ??= usersIn(Journal.read(this.#journalFile));
    if (this.#users.size === 0) return undefined;
    const actions = new Set<number>();
    for (const name of names) {
      for (const each of [this.#prefix + name, EVERY_SYMBOL])
        for (const action of this.#users.get(each) ?? []) actions.add(action);
    }
    return actions.size;
  }
}

function usersIn(journal: Journal): Map<string, number[]> {
  const users = new Map<string, number[]>();
  for (const [action, id] of journal.actionIds().entries()) {
    for (const pair of journal.manifest(id)?.symbols ?? []) {
      const name = journal.strings.text(pair).replace(/=.*$/s, '');
      const actions = users.get(name) ?? [];
      if (actions.length === 0) users.set(name, actions);
      actions.push(action);
    }
  }
  return users;
}
