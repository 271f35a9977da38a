/** What the script does with files; paths are absolute. */
export interface SubmenuFiles {
  kind(path: string): 'file' | 'folder' | undefined;
  list(path: string): readonly string[] | undefined;
  read(path: string): Uint8Array | undefined;
  write(path: string, bytes: Uint8Array): boolean;
  /** Without symbolic links, as far as the path exists. */
  realPath(path: string): string;
}

interface Options {
  readonly paths: string[];
  readonly exclude: string[];
  title: string | undefined;
  output: string | undefined;
}

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/**
 * Does what a core's `support/build/config-submenu.sh` does when it is quiet and writes to a file: puts a
 * `source` line for each folder with a Config.uk into that file.
 * @returns what the script prints: the file's path. Undefined for a use that is better left to the script
 *   (relative paths, errors, wildcards); nothing has been written then
 */
export function submenu(args: readonly string[], files: SubmenuFiles): string | undefined {
  const options = readOptions(args, files);
  if (options?.output === undefined) return undefined;
  const { output, title } = options;
  if (files.kind(output) === 'folder') return undefined;

  let text = '# Auto generated file. DO NOT EDIT\n';
  const sources: string[] = [];
  for (const path of options.paths) {
    const config = `${path}/Config.uk`;
    if (files.kind(config) !== 'file') continue;
    if (options.exclude.includes(path)) {
      text += `# Skipped excluded "${path}"\n`;
      continue;
    }
    sources.push(files.realPath(config));
  }
  if (title !== undefined) text += `menu "${title}"\n`;
  text += sources.map((source) => `source "${source}"\n`).join('');
  if (title !== undefined) text += 'endmenu\n';

  const bytes = Buffer.from(text);
  // Left alone when it says the same: its time stamp is then still right.
  const present = files.read(output);
  if ((present === undefined || Buffer.compare(present, bytes) !== 0) && !files.write(output, bytes))
    return undefined;
  return `${files.realPath(output)}\n`;
}

function readOptions(args: readonly string[], files: SubmenuFiles): Options | undefined {
  const options: Options = { paths: [], exclude: [], title: undefined, output: undefined };
  let quiet = false;
  for (let index = 0; index < args.length; index++) {
    const option = args[index]!;
    if (option === '-q') {
      quiet = true;
      continue;
    }
    const value = args[++index];
    if (value === undefined || !/^-[tlrceo]$/.test(option)) return undefined;
    // The script lets the shell expand lists, and works in its own folder.
    const isPath = option !== '-t' && value !== '';
    if (isPath && (/[*?[]/.test(value) || !value.startsWith(option === '-c' || option === '-e' ? '' : '/'))) {
      return undefined;
    }
    const list = value.split(':').filter((path) => path !== '');
    switch (option) {
      case '-t':
        options.title = value;
        break;
      case '-o':
        options.output = value;
        break;
      case '-l':
        options.paths.push(withoutSlash(value));
        break;
      case '-c':
        options.paths.push(...list.map(withoutSlash));
        break;
      case '-e':
        options.exclude.push(...list.map(withoutSlash));
        break;
      default:
        if (value !== '') options.paths.push(...subFolders(withoutSlash(value), files));
    }
  }
  const absolute = options.paths.every((path) => path === '' || path.startsWith('/'));
  return quiet && absolute ? options : undefined;
}

/** The folders in a folder, without hidden ones, in the order of bytes. */
function subFolders(folder: string, files: SubmenuFiles): string[] {
  const names = (files.list(folder) ?? []).filter((name) => !name.startsWith('.'));
  const encoded = names.map((name) => ({ name, bytes: Buffer.from(name) }));
  encoded.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  return encoded.map(({ name }) => `${folder}/${name}`).filter((path) => files.kind(path) === 'folder');
}
