import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A command of a page and the output that the page shows for it. */
export interface PageCommand {
  /** As typed, without prompts. */
  readonly text: string;
  /** Lines; a line `...` stands for any lines, `…` in a line for anything. */
  readonly output: readonly string[];
  /** The line of the page. */
  readonly line: number;
}

/** Reads the commands out of a page's `console` blocks: `$ command`, further lines of it after `> `, then its output. */
export function pageCommands(page: string): PageCommand[] {
  const lines = readFileSync(resolve(import.meta.dirname, '../../docs', page), 'utf8').split('\n');
  const commands: { text: string; output: string[]; line: number }[] = [];
  let inside = false;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('```')) inside = !inside && line === '```console';
    else if (inside && line.startsWith('$ '))
      commands.push({ text: line.slice(2), output: [], line: index + 1 });
    else if (inside && (line === '>' || line.startsWith('> ')) && commands.at(-1)?.output.length === 0)
      commands.at(-1)!.text += `\n${line.slice(2)}`;
    else if (inside) commands.at(-1)?.output.push(line);
  }
  return commands;
}

/** What a command printed, both streams as they came, and its status. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

/** Runs commands one after the other in one bash, as a reader would type them. */
export async function runCommands(
  commands: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
  limitMs: number,
): Promise<Ran[]> {
  const mark = '\u0001end of command\u0001';
  const script = commands.map((text) => `${text}\nprintf '%s%s\\n' '${mark}' "$?"\n`).join('');
  // Both streams through one pipe keep their order. The script is an argument, since a guest reads standard input.
  const child = spawn('bash', ['--noprofile', '--norc', '-c', `exec 2>&1\n${script}`], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((done) => child.on('close', done));
  clearTimeout(timer);
  const parts = output.split(mark);
  return parts.slice(1).map((after, index) => ({
    status: Number.parseInt(after, 10),
    output: index === 0 ? parts[0]! : parts[index]!.replace(/^\d+\n/, ''),
  }));
}

/**
 * Takes away what differs from one run to the next, for both sides of a comparison: times, commits, the number of actions
 * of a whole build, what is said of this machine's KVM, and blanks at the end, which no page keeps.
 */
function comparable(text: string): string {
  return text
    .replace(/^unigraph: KVM .*\n/gm, '')
    .replace(/\b\d{3,} actions run/g, 'MANY actions run')
    .replace(/\b\d+\.\d+ s\b/g, 'N s')
    .replace(/^(Date: ).*$/gm, '$1NOW')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n+$/, '\n')
    .replace(/^( {2}first commit )?[0-9a-f]{7}(?= |$)/gm, '$1COMMIT');
}

/** Whether an output is what a page shows. */
export function matches(shown: readonly string[], output: string): boolean {
  const pattern = comparable(shown.map((line) => `${line}\n`).join(''))
    .split(/(?<=\n)/)
    .map((line) => {
      if (line === '...\n') return '(?:[^\n]*\n)*?';
      const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      return line.split('…').map(literal).join('[^\n]*?');
    })
    .join('');
  return new RegExp(`^${pattern}$`).test(comparable(output));
}
