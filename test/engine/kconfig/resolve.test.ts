import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../../engine/kconfig/configuration.ts';
import { achieve } from '../../../engine/kconfig/resolve.ts';
import { configurationOf } from './memory-host.ts';

/** Sets a symbol; the steps as `NAME=value`, or undefined when there is no way. */
function steps(configuration: Configuration, name: string, value: string): string[] | undefined {
  const symbol = configuration.find(name);
  if (symbol === undefined) throw new Error(`no ${name}`);
  return achieve(configuration, symbol, value)?.steps.map((step) => `${step.symbol.name}=${step.to}`);
}

describe('achieving a value', () => {
  test('what an option depends on is turned on before it', () => {
    const configuration = configurationOf(`
config A
	bool "a"
config B
	bool "b"
	depends on A
config C
	bool "c"
	depends on B
`);
    expect(steps(configuration, 'C', 'y')).toEqual(['A=y', 'B=y', 'C=y']);
    expect(configuration.values().get('C')).toBe('y');
  });

  test('of several ways the one with the fewest changes is taken', () => {
    const configuration = configurationOf(`
config A
	bool "a"
config B
	bool "b"
	depends on A
config D
	bool "d"
config C
	bool "c"
	depends on B || D
`);
    expect(steps(configuration, 'C', 'y')).toEqual(['D=y', 'C=y']);
  });

  test('what selects an option is turned off before it', () => {
    const configuration = configurationOf(
      `
config A
	bool "a"
	select B
config B
	bool "b"
`,
      'CONFIG_A=y\nCONFIG_B=y\n',
    );
    expect(steps(configuration, 'B', 'n')).toEqual(['A=n', 'B=n']);
  });

  test('an option without a prompt is turned on by one that selects it', () => {
    const configuration = configurationOf(`
config A
	bool "a"
	select HIDDEN
config HIDDEN
	bool
`);
    expect(steps(configuration, 'HIDDEN', 'y')).toEqual(['A=y', 'HIDDEN=y']);
  });

  test('something that must be off is turned off', () => {
    const configuration = configurationOf(
      `
config A
	bool "a"
config B
	bool "b"
	depends on !A
`,
      'CONFIG_A=y\n',
    );
    expect(steps(configuration, 'B', 'y')).toEqual(['A=n', 'B=y']);
  });

  test('a member of a choice is picked, and given up for another', () => {
    const configuration = configurationOf(`
choice
	prompt "pick"
config A
	bool "a"
config B
	bool "b"
endchoice
config C
	bool "c"
	depends on B
`);
    expect(steps(configuration, 'C', 'y')).toEqual(['B=y', 'A=n', 'C=y']);
    expect(steps(configuration, 'B', 'n')).toEqual(['A=y', 'B=n']);
    expect(configuration.values().get('C')).toBeUndefined();
  });

  test('comparisons are made true', () => {
    const configuration = configurationOf(`
config NUMBER
	int "number"
	range 1 100
	default 5
config TEXT
	string "text"
config A
	bool "a"
	depends on NUMBER > 20
config B
	bool "b"
	depends on TEXT = "right"
`);
    expect(steps(configuration, 'A', 'y')).toEqual(['NUMBER=21', 'A=y']);
    expect(steps(configuration, 'B', 'y')).toEqual(['TEXT=right', 'B=y']);
  });

  test('numbers and texts are set when they can be seen', () => {
    const configuration = configurationOf(`
config ON
	bool "on"
config NUMBER
	int "number"
	range 1 9
	default 5
	depends on ON
`);
    expect(steps(configuration, 'NUMBER', '7')).toEqual(['ON=y', 'NUMBER=7']);
    expect(steps(configuration, 'NUMBER', '10')).toBeUndefined();
  });

  test('without a way nothing is changed', () => {
    const configuration = configurationOf(`
config A
	bool "a"
config B
	bool "b"
	depends on A && !A
config C
	bool
`);
    const before = configuration.dotConfig();
    expect(steps(configuration, 'B', 'y')).toBeUndefined();
    expect(steps(configuration, 'C', 'y')).toBeUndefined();
    expect(configuration.dotConfig()).toBe(before);
  });

  test('a tangle ends', () => {
    const count = 60;
    const lines = Array.from({ length: count }, (_, index) => {
      const others = [1, 2, 3]
        .map((step) => `S${(index + step) % count}`)
        .filter((_, at) => index + at + 1 < count);
      const depends =
        others.length === 0 ? '' : `\tdepends on (${others.join(' || ')}) && !(${others.join(' && ')})\n`;
      return `config S${index}\n\tbool "s"\n${depends}`;
    });
    const started = Date.now();
    steps(configurationOf(lines.join('')), 'S0', 'y');
    expect(Date.now() - started).toBeLessThan(20_000);
  });
});
