/**
 * Splits a shell command into its words, where that is possible without a shell: quotes are understood,
 * anything that a shell would expand or act on is not.
 * @returns undefined when a shell is needed
 */
export function plainWords(command: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let index = 0; index < command.length; index++) {
    const character = command[index]!;
    if (character === ' ' || character === '\t' || character === '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'" || character === '"') {
      const end = command.indexOf(character, index + 1);
      if (end === -1) return undefined;
      const text = command.slice(index + 1, end);
      if (character === '"' && /[$`\\!]/.test(text)) return undefined;
      word = (word ?? '') + text;
      index = end;
    } else if (/[A-Za-z0-9_./:,@%^+=-]/.test(character)) word = (word ?? '') + character;
    else return undefined;
  }
  if (word !== undefined) words.push(word);
  return words;
}
