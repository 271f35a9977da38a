import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { debugExit, ExampleRig, missing } from './example-rig.ts';

const CRASH = debugExit(125);

/** Progress lines of steps that made something: compiling, linking, generating. */
function steps(output: string): string[] {
  const always = /^ {2}(?:LN|CP|GEN) +(?:Makefile|config$|libuklibid: libraries\.in)/;
  return output.split('\n').filter((line) => /^ {2}[A-Z0-9]+ /.test(line) && !always.test(line));
}

const title = `the examples, built by GNU make${missing === undefined ? '' : `: ${missing} is not installed`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let rig: ExampleRig;
  const configure = async (app: string, name: string, config = 'config.kvm-x86_64'): Promise<void> => {
    mkdirSync(rig.path('build'), { recursive: true });
    const file = rig.path('apps', app === '' ? 'helloworld' : app, config);
    const result = await rig.make(app, name, `UK_DEFCONFIG=${file}`, 'defconfig');
    expect(result.status, result.output).toBe(0);
  };
  const build = async (app: string, name: string, ...args: readonly string[]): Promise<string> => {
    const result = await rig.make(app, name, '-j2', ...args);
    expect(result.status, result.output).toBe(0);
    expect(result.output).not.toMatch(/warning:/);
    return result.output;
  };
  const image = (name: string, app: string): string => join(rig.build(name), `${app}_qemu-x86_64`);
  /** Sets options in a configuration that exists; null switches one off. */
  const setOptions = (name: string, options: Readonly<Record<string, string | null>>): void => {
    const file = rig.build(`${name}.config`);
    let text = readFileSync(file, 'utf8');
    for (const [option, value] of Object.entries(options)) {
      const line = value === null ? `# CONFIG_${option} is not set` : `CONFIG_${option}=${value}`;
      text = text.replace(new RegExp(`^(?:# CONFIG_${option} is not set|CONFIG_${option}=.*)$`, 'm'), line);
      expect(text).toContain(line);
    }
    writeFileSync(file, text);
  };

  beforeAll(async () => {
    rig = new ExampleRig();
    await configure('fortune', 'fortune');
    await configure('helloworld', 'hello');
    await configure('helloworld', 'all', 'config.all-kvm-x86_64');
    await build('fortune', 'fortune');
    await build('helloworld', 'hello');
    await build('helloworld', 'all');
  });
  afterAll(() => rig.remove());

  describe('fortune', () => {
    test('prints a saying that the library has, and ends with status 0', async () => {
      const { status, output } = await rig.bootForStatus(image('fortune', 'fortune'));
      expect(status).toBe(debugExit(0));
      const saying = /^"(.*)"\n\t-- (.*)$/m.exec(output);
      expect(saying, output).not.toBeNull();
      const sources = readFileSync(rig.path('libs/libfortune-origin/src/quotes.c'), 'utf8');
      const patch = readFileSync(
        rig.path('libs/libfortune/patches/0001-Add-a-saying-about-kernel-hacking.patch'),
        'utf8',
      );
      expect(sources + patch).toContain(saying![2]!);
    });

    test('repeats its sayings for a seed, and differs for another', async () => {
      const [first, again, other] = await Promise.all(
        ['-n 5 -s 5', '-n 5 -s 5', '-n 5 -s 6'].map((args) => rig.boot(image('fortune', 'fortune'), args)),
      );
      const sayings = (text: string): string => text.slice(text.indexOf('"'));
      expect(sayings(first!.output).match(/-- /g)).toHaveLength(5);
      expect(sayings(again!.output)).toBe(sayings(first!.output));
      expect(sayings(other!.output)).not.toBe(sayings(first!.output));
    });

    test('has the saying that the patch adds', async () => {
      const { output } = await rig.boot(image('fortune', 'fortune'), '-n 300 -s 1');
      expect(output).toContain('Kernel hacking: where the time to solve a problem');
      expect(output).toContain('-- Anil Madhavapeddy');
    });

    test('explains itself when an argument is wrong', async () => {
      const { status, output } = await rig.bootForStatus(image('fortune', 'fortune'), '-n many');
      expect(output).toMatch(/^usage: .* \[-n COUNT\] \[-s SEED\]$/m);
      expect(status).toBe(debugExit(2));
    });

    test('shows a saying before the banner when asked to', async () => {
      copyFileSync(rig.build('fortune.config'), rig.build('boot.config'));
      setOptions('boot', { LIBFORTUNE_BOOT: 'y' });
      expect(await build('fortune', 'boot')).toContain('libfortune: boot.unikraft.o');
      const { output } = await rig.boot(image('boot', 'fortune'), '-n 0');
      const banner = output.indexOf('Powered by');
      expect(output.indexOf('\t-- '), output).toBeGreaterThan(0);
      expect(banner).toBeGreaterThan(output.indexOf('\t-- '));
    });
  });

  describe("the library's origin", () => {
    test('is packed into the archive that the library expects, twice the same', () => {
      const pack = (file: string): string =>
        execFileSync('sh', [rig.path('libs/libfortune-origin/pack.sh'), rig.path('build', file)])
          .toString()
          .trim();
      const makefile = readFileSync(rig.path('libs/libfortune/Makefile.uk'), 'utf8');
      expect(pack('one.tar.gz')).toBe(/ORIGIN_SHA256 := (\w+)/.exec(makefile)?.[1]);
      pack('two.tar.gz');
      expect(readFileSync(rig.path('build/one.tar.gz'))).toEqual(readFileSync(rig.path('build/two.tar.gz')));
    });

    test('is refused when its checksum is another', async () => {
      const url = rig.path('build/wrong.tar.gz');
      writeFileSync(url, 'not an archive');
      copyFileSync(rig.build('fortune.config'), rig.build('wrong.config'));
      const { status, output } = await rig.make('fortune', 'wrong', `LIBFORTUNE_URL=file://${url}`, 'fetch');
      expect(status).not.toBe(0);
      expect(output).toMatch(/the SHA256 checksum is not [0-9a-f]{64}/);
      expect(existsSync(join(rig.build('wrong'), 'libfortune/.origin'))).toBe(false);
    });

    test('that is not there stops the build', async () => {
      copyFileSync(rig.build('fortune.config'), rig.build('none.config'));
      const url = `file://${rig.path('build/none.tar.gz')}`;
      const { status, output } = await rig.make('fortune', 'none', `LIBFORTUNE_URL=${url}`, 'fetch');
      expect(status).not.toBe(0);
      expect(output).toMatch(/none\.tar\.gz.*No such file/);
    });
  });

  describe('building again', () => {
    test('makes nothing when nothing changed', async () => {
      const before = statSync(image('fortune', 'fortune')).mtimeMs;
      expect(steps(await build('fortune', 'fortune'))).toEqual([]);
      expect(statSync(image('fortune', 'fortune')).mtimeMs).toBe(before);
    });

    test('makes what includes a touched header, and what is made of that', async () => {
      const now = new Date();
      utimesSync(rig.path('core/lib/ukallocbbuddy/buddy.h'), now, now);
      expect(steps(await build('fortune', 'fortune')).map((line) => line.trim().replace(/ +/, ' '))).toEqual([
        expect.stringMatching(/^CC libukallocbbuddy: (bbuddy|pieces)\.o$/),
        expect.stringMatching(/^CC libukallocbbuddy: (bbuddy|pieces)\.o$/),
        'LD libukallocbbuddy.ld.o',
        'OBJCOPY libukallocbbuddy.o',
        'LD fortune_qemu-x86_64.dbg',
        'SCSTRIP fortune_qemu-x86_64',
        'UKBI fortune_qemu-x86_64.bootinfo',
        'ELF32 fortune_qemu-x86_64.elf32',
      ]);
    });

    test('follows a changed option', async () => {
      copyFileSync(rig.build('hello.config'), rig.build('option.config'));
      await build('helloworld', 'option');
      setOptions('option', { APPHELLOWORLD_GREETING: '"Good evening!"' });
      expect(await build('helloworld', 'option')).toContain('apphelloworld: main.o');
      const { output } = await rig.boot(image('option', 'helloworld'));
      expect(output).toContain('\nGood evening!\n');
    });

    test('goes on after a compile error is mended', async () => {
      copyFileSync(rig.build('hello.config'), rig.build('mend.config'));
      const source = rig.path('apps/helloworld/main.c');
      const text = readFileSync(source, 'utf8');
      appendFileSync(source, 'this is not C\n');
      const { status, output } = await rig.make('helloworld', 'mend', '-j2');
      expect(status).not.toBe(0);
      expect(output).toMatch(/main\.c:\d+:1: error:/);
      writeFileSync(source, text);
      await build('helloworld', 'mend');
      await build('helloworld', 'hello');
    });
  });

  describe('cleaning', () => {
    test('takes outputs away and keeps what was fetched', async () => {
      copyFileSync(rig.build('fortune.config'), rig.build('clean.config'));
      await build('fortune', 'clean');
      const folder = rig.build('clean');
      const has = (file: string): boolean => existsSync(join(folder, file));

      await build('fortune', 'clean', 'clean-libukargparse');
      expect(has('libukargparse/argparse.o')).toBe(false);
      expect(has('libukargparse.o')).toBe(false);
      expect(has('libukboot/boot.o')).toBe(true);

      await build('fortune', 'clean', 'clean');
      expect(has('libukboot/boot.o')).toBe(false);
      expect(has('fortune_qemu-x86_64')).toBe(false);
      expect(has('libfortune/libfortune-0.1.tar.gz')).toBe(true);
      expect(has('libfortune/origin/libfortune-0.1/src/quotes.c')).toBe(true);

      expect(await build('fortune', 'clean', 'libfortune')).toContain('OBJCOPY libfortune.o');
      await build('fortune', 'clean', 'properclean');
      expect(existsSync(folder)).toBe(false);
      expect(existsSync(rig.build('clean.config'))).toBe(true);
      await build('fortune', 'clean', 'distclean');
      expect(existsSync(rig.build('clean.config'))).toBe(false);
    });
  });

  describe('the core', () => {
    test('runs constructors and initializers in order of class and priority, terminators backwards', async () => {
      const { output } = await rig.boot(image('all', 'helloworld'), '--exit 0');
      const order = [...output.matchAll(/^order: (.*)$/gm)].map((match) => match[1]!);
      const ten = Array.from({ length: 10 }, (_, priority) => priority);
      const backwards = [...ten].reverse();
      // Every second class is registered in the form that is told the arguments and has a terminator.
      expect(order).toEqual([
        ...ten.map((p) => `ctor ${p}`),
        ...ten.map((p) => `early ${p}`),
        ...ten.map((p) => `plat ${p} argc 3`),
        ...ten.map((p) => `lib ${p}`),
        ...ten.map((p) => `rootfs ${p} argc 3`),
        ...ten.map((p) => `sys ${p}`),
        ...ten.map((p) => `late ${p} argc 3`),
        'language',
        ...['late', 'rootfs', 'plat'].flatMap((c) => backwards.map((p) => `end of ${c} ${p} target 0`)),
      ]);
      expect(output.indexOf('Powered by')).toBeGreaterThan(output.indexOf('order: late 9'));
      expect(output.indexOf('Powered by')).toBeLessThan(output.indexOf('order: language'));
    });

    test('passes its own tests in the guest', async () => {
      const { output } = await rig.boot(image('all', 'helloworld'));
      const result = /^.*test: (\d+) cases, (\d+) expectations hold, (\d+) do not$/m.exec(output);
      expect(result, output).not.toBeNull();
      expect(Number(result![2])).toBeGreaterThan(100);
      expect(Number(result![3])).toBe(0);
    });

    test('runs C++: objects, virtual functions, global constructors and destructors', async () => {
      const { output } = await rig.boot(image('all', 'helloworld'));
      expect(output).toMatch(
        /Counter constructed\n[^]*Hello, world! \(in C\+\+\)\n[^]*Counter destroyed after 1 greeting/,
      );
    });

    test('sets parameters in front of --, and tells which there are', async () => {
      const set = 'helloworld.greeting="Good morning" -- --exit 3';
      const good = await rig.bootForStatus(image('all', 'helloworld'), set);
      expect(good.output).toContain('Good morning (in C++)');
      expect(good.output).toMatch(/argv\[1\] = --exit\nargv\[2\] = 3\n/);
      expect(good.status).toBe(debugExit(3));
      const wrong = await rig.bootForStatus(image('all', 'helloworld'), 'helloworld.volume=9 --');
      expect(wrong.output).toContain('helloworld.volume: there is no such parameter');
      expect(wrong.output).toContain('helloworld.greeting  What to say first');
      expect(wrong.status).toBe(CRASH);
    });

    test('splits the command line at blanks outside quotes', async () => {
      const line = String.raw`one "two words" 'single "inside"' joi"n"ed esc\ aped "" last`;
      const { output } = await rig.boot(image('hello', 'helloworld'), line);
      const words = [...output.matchAll(/^argv\[(\d+)\] = (.*)$/gm)].map((match) => match[2]);
      expect(words).toEqual([
        image('hello', 'helloworld'),
        'one',
        'two words',
        'single "inside"',
        'joined',
        'esc aped',
        '',
        'last',
      ]);
    });

    test.each([0, 1, 42, 126, 127])('ends QEMU with status %i of main', async (status) => {
      const outcome = await rig.bootForStatus(image('hello', 'helloworld'), `--exit ${status}`);
      expect(outcome.status).toBe(debugExit(status));
    });

    test.each([128, 255, -1])('gives 127 for the status %i, which does not fit', async (status) => {
      const outcome = await rig.bootForStatus(image('hello', 'helloworld'), `--exit ${status}`);
      expect(outcome.status).toBe(debugExit(127) & 0xff);
    });

    test('powers the machine off where no status can be given, on both machine types', async () => {
      for (const machine of ['pc', 'q35']) {
        const outcome = await rig.boot(image('hello', 'helloworld'), '--exit 3', '-M', machine);
        expect(outcome.status).toBe(0);
        expect(outcome.output).toContain('Hello, world!');
      }
    });

    test('says that no application gave a main', async () => {
      await configure('', 'bare');
      await build('', 'bare', 'N=bare');
      const { status, output } = await rig.bootForStatus(image('bare', 'bare'));
      expect(output).toContain('No application defines main');
      expect(status).toBe(debugExit(22));
    });

    test('prints no banner when that is switched off', async () => {
      copyFileSync(rig.build('hello.config'), rig.build('quiet.config'));
      setOptions('quiet', { LIBUKBOOT_BANNER_NONE: 'y', LIBUKBOOT_BANNER_MINIMAL: null });
      await build('helloworld', 'quiet');
      const { output } = await rig.boot(image('quiet', 'helloworld'));
      expect(output).not.toContain('Powered by');
      expect(output).toContain('Hello, world!');
    });

    test.each([
      ['divide', 'Unhandled trap 0 (divide error)', 'divide'],
      ['opcode', 'Unhandled trap 6 (invalid opcode)', 'opcode'],
      ['address', 'Unhandled trap 13 (general protection)', 'not_canonical'],
      ['read', 'Unhandled trap 14 (page fault), error code=0x0', 'read_null'],
      ['write', 'Unhandled trap 14 (page fault), error code=0x2', 'write_null'],
      ['code', 'Unhandled trap 14 (page fault), error code=0x3', 'write_code'],
    ])('reports the fault %s with registers and stack, and fails', async (kind, heading, place) => {
      const { status, output } = await rig.bootForStatus(image('hello', 'helloworld'), `--fault ${kind}`);
      expect(status).toBe(CRASH);
      expect(output).toContain(heading);
      for (const register of ['RSP', 'RAX', 'RDI', 'RBP', 'R15']) {
        expect(output).toMatch(new RegExp(`\\b${register}: [0-9a-f]{16}\\b`));
      }
      expect(output).toMatch(/^Stack:\n {2}[0-9a-f]{16} /m);
      const address = /^RIP: ([0-9a-f]{16}) /m.exec(output)?.[1];
      const function_ = execFileSync('addr2line', [
        '-f',
        '-e',
        `${image('hello', 'helloworld')}.dbg`,
        address!,
      ]);
      expect(function_.toString().split('\n')[0]).toBe(place);
    });

    test('reports a stack that overflows, on another stack', async () => {
      const { status, output } = await rig.bootForStatus(image('hello', 'helloworld'), '--fault stack');
      expect(status).toBe(CRASH);
      expect(output).toContain('Unhandled trap 14 (page fault), error code=0x2');
      expect(output).toContain('(write of a page that is not mapped)');
    });

    test.each([
      ['assert', /fault\.c:\d+: assertion failed: zero == 1/],
      ['crash', /Crash on demand/],
      ['abort', /Aborted/],
    ])('fails by %s', async (kind, message) => {
      const { status, output } = await rig.bootForStatus(image('hello', 'helloworld'), `--fault ${kind}`);
      expect(status).toBe(CRASH);
      expect(output).toMatch(message);
    });

    test('keeps symbols to libraries as exportsyms.uk and localsyms.uk say', () => {
      const symbols = (library: string): Map<string, string> => {
        const lines = execFileSync('nm', [join(rig.build('hello'), `${library}.o`)]).toString();
        return new Map(
          [...lines.matchAll(/^[0-9a-f]* +(\w) (\S+)$/gm)].map((match) => [match[2]!, match[1]!]),
        );
      };
      const buddy = symbols('libukallocbbuddy');
      expect(buddy.get('_bbuddy_take')).toBe('t');
      expect(buddy.get('uk_allocbbuddy_init')).toBe('T');
      const libc = symbols('libnolibc');
      expect(libc.get('format_field')).toBe('t');
      expect(libc.get('printf')).toBe('T');
      expect(symbols('libukboot_main').get('main')).toBe('W');
    });

    test('leaves the command of every step beside its output', () => {
      const command = readFileSync(join(rig.build('hello'), 'apphelloworld/fault.o.cmd'), 'utf8');
      expect(command).toMatch(
        /^gcc .* -Wno-infinite-recursion .* -c \S+\/apps\/helloworld\/fault\.c -o \S+\.o /,
      );
      expect(readFileSync(join(rig.build('hello'), 'libisrlib/string.isr.o.cmd'), 'utf8')).toContain(
        '-mgeneral-regs-only',
      );
      expect(existsSync(`${image('hello', 'helloworld')}.dbg.cmd`)).toBe(true);
    });
  });
});
