/**
 * Words in lines of at most `width` columns. A word that is longer has a line of its own: paths stay in one piece,
 * to be copied.
 * @param indent of every line
 * @param lead what the first line begins with, after the indent
 */
export function wrapWords(words: readonly string[], width: number, indent = '', lead = ''): string[] {
  const lines: string[] = [];
  let line = indent + lead;
  let isEmpty = lead === '';
  for (const word of words) {
    const wanted = isEmpty ? line + word : `${line} ${word}`;
    if (!isEmpty && wanted.length > width) {
      lines.push(line);
      line = `${indent}  ${word}`;
    } else line = wanted;
    isEmpty = false;
  }
  if (!isEmpty) lines.push(line);
  return lines;
}
