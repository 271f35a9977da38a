import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../../engine/kconfig/check.ts';
import { Configuration } from '../../../engine/kconfig/configuration.ts';
import { search } from '../../../engine/kconfig/search.ts';
import { compareSettings, readSettings } from '../../../engine/kconfig/settings-text.ts';
import { explain } from '../../../engine/kconfig/why.ts';
import { configurationOf, memoryHost } from './memory-host.ts';

const kconfig = `mainmenu "Test"
config NET
	bool "Network"
	select BUFFERS
	help
	  The whole network.
config BUFFERS
	bool
config SOCKETS
	bool "Sockets"
	depends on NET
	default y
config PORT
	int "Port"
	range 1 1000
	default 80
config NAME
	string "Name"
	default "box"
choice
	prompt "Speed"
	default SLOW
config SLOW
	bool "Slow"
config FAST
	bool "Fast"
	depends on NET
endchoice
`;

describe('why', () => {
  const why = (name: string, config?: string) => {
    const configuration = configurationOf(kconfig, config);
    return explain(configuration, configuration.find(name)!);
  };

  test('a default names its place', () => {
    expect(why('PORT').origin).toEqual({ kind: 'default', place: { file: 'Kconfig', line: 16 }, text: '80' });
  });

  test('a given value names the default that it stands in for', () => {
    expect(why('PORT', 'CONFIG_PORT=90\n').origin).toEqual({
      kind: 'user',
      otherwise: { place: { file: 'Kconfig', line: 16 }, text: '80' },
    });
  });

  test('a forced value names who selects it, and that nobody can change it', () => {
    const { origin, changeable } = why('BUFFERS', 'CONFIG_NET=y\n');
    expect(origin).toMatchObject({ kind: 'selected', by: [{ text: 'NET [=y]', place: { line: 2 } }] });
    expect(changeable).toBe(false);
  });

  test('a hidden option names what its prompt needs', () => {
    const { blockedBy, value } = why('SOCKETS');
    expect(value).toBe('n');
    expect(blockedBy.map(({ text }) => text)).toEqual(['NET [=n]']);
  });

  test('what was asked for and not followed is told', () => {
    expect(why('SOCKETS', 'CONFIG_SOCKETS=y\n').wanted).toBe('y');
  });

  test('a member of a choice names the one that is picked', () => {
    const { origin } = why('SLOW', 'CONFIG_NET=y\nCONFIG_FAST=y\n');
    expect(origin).toMatchObject({ kind: 'choice', byUser: true, picked: { name: 'FAST' } });
  });
});

describe('search', () => {
  const names = (text: string) =>
    search(configurationOf(kconfig), text).map(({ symbol, kind }) => `${symbol.name} ${kind}`);

  test('exact names come first, then beginnings, then parts, prompts and help', () => {
    expect(names('net')).toEqual(['NET name']);
    expect(names('s')).toEqual([
      'SOCKETS name begins',
      'SLOW name begins',
      'BUFFERS name contains',
      'FAST name contains',
    ]);
    expect(names('whole')).toEqual(['NET help']);
    expect(names('CONFIG_PORT')).toEqual(['PORT name']);
  });

  test('several words must all be there', () => {
    expect(names('net work')).toEqual(['NET prompt']);
    expect(names('net nothing')).toEqual([]);
    expect(names('  ')).toEqual([]);
  });
});

describe('check', () => {
  const problems = (text: string) => {
    const configuration = configurationOf(kconfig);
    configuration.loadText(text, '.config');
    return checkSettings(configuration, text).map((problem) => {
      const line = 'setting' in problem ? problem.setting.line : 0;
      return `${line} ${problem.kind}`;
    });
  };

  test('a followed configuration has none', () => {
    expect(problems('CONFIG_NET=y\nCONFIG_PORT=8\n# CONFIG_SOCKETS is not set\n')).toEqual([]);
  });

  test('unknown, malformed, out of range and dropped settings are told with their lines', () => {
    expect(
      problems(
        'CONFIG_SOCKET=y\nCONFIG_PORT=9999\nCONFIG_NAME=bare\nCONFIG_SOCKETS=y\nCONFIG_NET=q\n# CONFIG_GONE is not set\n',
      ),
    ).toEqual(['1 unknown', '2 out of range', '3 malformed', '4 dropped', '5 malformed']);
  });

  test('the name that was meant is found', () => {
    const configuration = configurationOf(kconfig);
    expect(checkSettings(configuration, 'CONFIG_SOCKTES=y\n')).toMatchObject([
      { kind: 'unknown', meant: 'SOCKETS' },
    ]);
  });

  test('a selected option whose dependencies are not met is told', () => {
    const configuration = configurationOf(
      'config A\n\tbool "a"\n\tselect B\nconfig B\n\tbool "b"\n\tdepends on C\nconfig C\n\tbool "c"\n',
      'CONFIG_A=y\n',
    );
    expect(checkSettings(configuration, 'CONFIG_A=y\n')).toMatchObject([
      { kind: 'unmet', symbol: { name: 'B' }, needs: [{ text: 'C [=n]' }] },
    ]);
  });
});

describe('comparing configurations', () => {
  test('changes come in the order of the second, then what is gone; missing and off are the same', () => {
    const values = (text: string) =>
      new Map([...readSettings(text, 'CONFIG_')].map(([name, { value }]) => [name, value]));
    expect(
      compareSettings(
        values('CONFIG_A=y\nCONFIG_B=1\nCONFIG_GONE="x"\n# CONFIG_OFF is not set\n'),
        values('CONFIG_NEW=y\nCONFIG_B=2\nCONFIG_A=y\n# CONFIG_STILL_OFF is not set\n'),
      ),
    ).toEqual([
      { name: 'NEW', before: undefined, after: 'y' },
      { name: 'B', before: '1', after: '2' },
      { name: 'GONE', before: '"x"', after: undefined },
    ]);
  });
});

describe('a configuration', () => {
  test('is saved whole, the old one kept', () => {
    const host = memoryHost({ Kconfig: kconfig, '.config': '# old\n' });
    const opened = Configuration.open({
      rootFile: 'Kconfig',
      cwd: '/t',
      environment: { CONFIG_: 'CONFIG_' },
      host,
    });
    if (!opened.ok) throw new Error(opened.error);
    opened.value.load();
    opened.value.setter.setText(opened.value.find('NET')!, 'y');
    expect(opened.value.save()).toBe(true);
    expect(host.files.get('/t/.config')).toContain('CONFIG_NET=y\nCONFIG_BUFFERS=y\nCONFIG_SOCKETS=y\n');
    expect(host.files.get('/t/.config.old')).toBe('# old\n');
    expect([...host.files.keys()].filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('that cannot be read says what the C program says', () => {
    const opened = Configuration.open({
      rootFile: 'Kconfig',
      cwd: '/t',
      environment: {},
      host: memoryHost({ Kconfig: 'nonsense here\n' }),
    });
    expect(opened).toEqual({
      ok: false,
      error: 'Kconfig:2: syntax error\nKconfig:1: unknown statement "nonsense"\n',
    });
  });

  test('restores what was remembered', () => {
    const configuration = configurationOf(kconfig);
    const before = configuration.dotConfig();
    const snapshot = configuration.snapshot();
    configuration.setter.setText(configuration.find('NET')!, 'y');
    configuration.setter.setText(configuration.find('NAME')!, 'other');
    expect(configuration.dotConfig()).not.toBe(before);
    configuration.restore(snapshot);
    expect(configuration.dotConfig()).toBe(before);
  });
});
