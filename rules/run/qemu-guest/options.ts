import { fail, ok, type Result } from '../../../engine/result.ts';
import type { Diagnostic } from '../../../engine/location.ts';

/** A device or folder in the order of the command line, which is the order of QEMU's words. */
export type Attachment =
  | { readonly kind: 'user-network'; readonly sshPort: string | undefined }
  | { readonly kind: 'bridge'; readonly bridge: string }
  | { readonly kind: 'interface'; readonly interface: string }
  | { readonly kind: 'disk'; readonly file: string; readonly format: 'raw' | 'qcow2' }
  | { readonly kind: 'cdrom'; readonly file: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'serial'; readonly socket: string };

/** What `qemu-guest` was told: the options of Unikraft's support/scripts/qemu-guest. */
export interface QemuGuestOptions {
  readonly attachments: readonly Attachment[];
  readonly pciDevices: readonly string[];
  readonly monitorCommands: readonly string[];
  readonly machine: 'x86pc' | 'x86q35' | 'arm64v';
  readonly memory: string;
  readonly cores: string;
  readonly sockets: string;
  readonly hyperthreads: boolean;
  /** Host processors to pin the guest's to, expanded. */
  readonly pinned: readonly number[] | undefined;
  readonly name: string | undefined;
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  readonly append: string | undefined;
  readonly vncPort: number | undefined;
  readonly gdbPort: string | undefined;
  readonly traceFile: string | undefined;
  readonly balloon: boolean;
  readonly random: boolean;
  readonly background: boolean;
  readonly paused: boolean;
  readonly dryRun: boolean;
  /** -C: Ctrl-C goes to the guest. */
  readonly keepOnCtrlC: boolean;
  readonly emulated: boolean;
  readonly qemu: string | undefined;
  readonly help: boolean;
  /** What follows the options: further words for QEMU. */
  readonly extra: readonly string[];
}

/** The letters, and how the value of each is called in messages; undefined: it takes none. */
const letters: Readonly<Record<string, string | undefined>> = {
  h: undefined,
  n: undefined,
  N: 'PORT',
  b: 'BRIDGE',
  V: 'IFACE',
  f: 'PCI-ID',
  G: 'NAME',
  d: 'IMAGE',
  q: 'IMAGE',
  S: 'SOCKET',
  I: 'ISO',
  e: 'PATH',
  k: 'KERNEL',
  i: 'INITRD',
  a: 'ARGUMENTS',
  c: 'NUMBER',
  m: 'MB',
  v: 'PORT',
  l: undefined,
  r: undefined,
  s: 'NUMBER',
  p: 'CPULIST',
  H: undefined,
  x: undefined,
  C: undefined,
  D: undefined,
  g: 'PORT',
  P: undefined,
  T: 'LOGFILE',
  W: undefined,
  Q: 'PATH',
  M: 'COMMAND',
  t: 'TYPE',
};

const VNC_BASE = 5900;

/** Splits words into options as getopts does: flags may be joined, values may follow at once, `--` or another word ends them. */
export function splitOptions(
  argv: readonly string[],
): Result<
  { readonly options: readonly (readonly [string, string])[]; readonly rest: readonly string[] },
  Diagnostic
> {
  const options: [string, string][] = [];
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    for (let index = 1; index < word.length; index++) {
      const letter = word[index]!;
      if (!Object.hasOwn(letters, letter))
        return fail({ message: `there is no option -${letter}`, hint: "See 'unigraph qemu-guest -h'." });
      const value = letters[letter];
      if (value === undefined) {
        options.push([letter, '']);
        continue;
      }
      const joined = word.slice(index + 1);
      const given = joined === '' ? argv[++at] : joined;
      if (given === undefined) return fail({ message: `the option -${letter} needs a ${value}` });
      options.push([letter, given]);
      break;
    }
  }
  return ok({ options, rest: argv.slice(at) });
}

/** Expands a list of processors: `2,4-7,0` is 2 4 5 6 7 0. */
export function expandNumbers(text: string): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    for (let number = first; number <= last; number++) numbers.push(number);
  }
  return numbers.length === 0 ? undefined : numbers;
}

/** Reads the words of `qemu-guest`. */
export function parseQemuGuest(argv: readonly string[]): Result<QemuGuestOptions, Diagnostic> {
  const split = splitOptions(argv);
  if (!split.ok) return split;
  const attachments: Attachment[] = [];
  const pciDevices: string[] = [];
  const monitorCommands: string[] = [];
  /** Of an option that is given twice the last one counts. */
  const last = new Map<string, string>();
  for (const [letter, value] of split.value.options) {
    last.set(letter, value);
    const attachment = attachmentOf(letter, value);
    if (attachment !== undefined) attachments.push(attachment);
    else if (letter === 'f') pciDevices.push(value);
    else if (letter === 'M') monitorCommands.push(value);
  }
  const machine = last.get('t') ?? 'x86pc';
  if (machine !== 'x86pc' && machine !== 'x86q35' && machine !== 'arm64v') {
    return fail({
      message: `there is no machine type '${machine}' (-t)`,
      hint: 'Known are x86pc, x86q35 and arm64v.',
    });
  }
  const wrong = ['m', 'c', 's', 'g', 'v', 'N'].find(
    (letter) => last.has(letter) && !/^\d+$/.test(last.get(letter)!),
  );
  // Memory may have a unit: the script passes it on as it is.
  if (wrong !== undefined && !(wrong === 'm' && /^\d+[kKmMgG]$/.test(last.get('m')!))) {
    return fail({ message: `the option -${wrong} takes a number, not '${last.get(wrong)}'` });
  }
  const pinned = last.has('p') ? expandNumbers(last.get('p')!) : undefined;
  if (last.has('p') && pinned === undefined)
    return fail({ message: `'${last.get('p')}' is no list of processors (-p), as 2,4-7,0 is` });
  if (last.has('i') && !last.has('k')) return fail({ message: 'an init-ramdisk (-i) needs a kernel (-k)' });
  if (last.has('a') && !last.has('k')) return fail({ message: 'kernel arguments (-a) need a kernel (-k)' });
  if (attachments.filter(({ kind }) => kind === 'cdrom').length > 5)
    return fail({ message: 'at most 5 IDE devices (-I) are possible' });
  return ok({
    attachments,
    pciDevices,
    monitorCommands,
    machine,
    memory: last.get('m') ?? '64',
    cores: last.get('c') ?? '1',
    sockets: last.get('s') ?? '1',
    hyperthreads: last.has('H'),
    pinned,
    name: last.get('G'),
    kernel: last.get('k'),
    initrd: last.get('i'),
    append: last.get('a'),
    vncPort: last.has('v') ? Number(last.get('v')) : undefined,
    gdbPort: last.get('g'),
    traceFile: last.get('T'),
    balloon: last.has('l'),
    random: last.has('r'),
    background: last.has('x'),
    paused: last.has('P'),
    dryRun: last.has('D'),
    keepOnCtrlC: last.has('C'),
    emulated: last.has('W'),
    qemu: last.get('Q'),
    help: last.has('h'),
    extra: split.value.rest,
  });
}

function attachmentOf(letter: string, value: string): Attachment | undefined {
  switch (letter) {
    case 'n':
      return { kind: 'user-network', sshPort: undefined };
    case 'N':
      return { kind: 'user-network', sshPort: value };
    case 'b':
      return { kind: 'bridge', bridge: value };
    case 'V':
      return { kind: 'interface', interface: value };
    case 'd':
      return { kind: 'disk', file: value, format: 'raw' };
    case 'q':
      return { kind: 'disk', file: value, format: 'qcow2' };
    case 'I':
      return { kind: 'cdrom', file: value };
    case 'e':
      return { kind: 'folder', path: value };
    case 'S':
      return { kind: 'serial', socket: value };
    default:
      return undefined;
  }
}

/** VNC counts displays from port 5900. */
export function vncDisplay(port: number): string {
  return `:${port - VNC_BASE}`;
}
