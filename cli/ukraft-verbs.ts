import { kraftOptions, type KraftArguments, type KraftOption } from './ukraft-options.ts';

/** One call of unigraph that a verb of kraft's becomes. */
export interface Call {
  readonly argv: readonly string[];
  /** The folder to go to, relative to the one before. */
  readonly folder?: string;
}

/** A verb of kraft's. */
export interface Verb {
  readonly describe: string;
  readonly options: readonly KraftOption[];
  /**
   * @param note tells what has no counterpart, or needs none
   * @returns the calls, in order; the first that fails ends it
   */
  translate(args: KraftArguments, note: (text: string) => void): readonly Call[];
}

const runOptions = kraftOptions(
  '--plat -p=',
  '--arch -m=',
  '--target -t=',
  '--initrd -i=',
  '--background -B',
  '--paused -P',
  '--gdb -g=',
  '--dbg -d',
  '--virtio-nic -n=',
  '--bridge -b=',
  '--interface -V=',
  '--dry-run -D',
  '--memory -M=',
  '--cpu-sockets -s=',
  '--cpu-cores -c=',
  '--workdir -w=',
);

function folder(args: KraftArguments): { folder?: string } {
  const given = args.value('workdir');
  return given === undefined ? {} : { folder: given };
}

/** kraft names a target by platform and architecture, or by its name. */
function target(args: KraftArguments): string[] {
  const named = args.value('target');
  if (named !== undefined) return ['--target', named];
  const [plat, arch] = [args.value('plat'), args.value('arch')];
  if (plat === undefined && arch === undefined) return [];
  return ['--target', plat !== undefined && arch !== undefined ? `${plat}/${arch}` : (plat ?? arch)!];
}

function runCall(args: KraftArguments, words: readonly string[], note: (text: string) => void): string[] {
  const cpus = Number(args.value('cpu-sockets') ?? '1') * Number(args.value('cpu-cores') ?? '1');
  if (args.has('dbg')) note('-d: symbols are taken from the .dbg beside the image without it');
  for (const name of ['bridge', 'interface']) {
    if (args.has(name)) note(`--${name}: not with run; 'unigraph qemu-guest' has it (-b, -V)`);
  }
  return [
    'run',
    ...target(args),
    ...args.as('initrd', '--initrd'),
    ...(args.has('background') ? ['--detach'] : []),
    ...args.as('paused', '--paused'),
    ...args.as('gdb', '--gdb'),
    ...(args.has('virtio-nic') ? ['--net'] : []),
    ...args.as('dry-run', '--dry-run'),
    ...args.as('memory', '--memory'),
    ...(cpus > 1 ? ['--cpus', String(cpus)] : []),
    ...(words.length > 0 ? ['--', ...words] : []),
  ];
}

/** kraft's verbs, by name; those of `list` and `lib` with both words. */
export const verbs: Readonly<Record<string, Verb>> = {
  list: {
    describe: 'List components',
    options: kraftOptions(
      '--installed -i',
      '--core -c',
      '--plats -p',
      '--libs -l',
      '--apps -a',
      '--show-local -d',
      '--paginate -n',
      '--this -t',
      '--json -j',
    ),
    translate: (args) => [
      {
        argv: [
          'list',
          ...(args.has('installed') || args.has('this') ? ['--installed'] : []),
          ...['core', 'plats', 'libs', 'apps', 'json'].flatMap((name) => args.as(name, `--${name}`)),
          ...args.as('show-local', '--paths'),
        ],
      },
    ],
  },
  'list add': {
    describe: 'Add origins',
    options: kraftOptions('--update -u'),
    translate: (args) => [{ argv: ['list', 'add', ...args.words, ...args.as('update', '--update')] }],
  },
  'list remove': {
    describe: 'Remove origins',
    options: [],
    translate: (args) => [{ argv: ['list', 'remove', ...args.words] }],
  },
  'list update': {
    describe: 'Ask the origins',
    options: [],
    translate: () => [{ argv: ['list', 'update'] }],
  },
  'list show': {
    describe: 'Tell about a component',
    options: kraftOptions('--json -j'),
    translate: (args) => [{ argv: ['list', 'show', ...args.words, ...args.as('json', '--json')] }],
  },
  'list pull': {
    describe: 'Get components',
    options: kraftOptions('--workdir -w=', '--git -g', '--no-deps -D', '--skip-verify -k'),
    translate: (args) => [
      {
        argv: [
          'list',
          'pull',
          ...args.words,
          ...args.as('no-deps', '--no-deps'),
          ...(args.words.length === 1 ? args.as('workdir', '--into') : []),
        ],
        ...(args.words.length === 1 ? {} : folder(args)),
      },
    ],
  },
  init: {
    describe: 'Start an application',
    options: kraftOptions(
      '--template -t=',
      '--plat -p=',
      '--arch -m=',
      '--workdir -w=',
      '--with-makefile -M',
      '--no-deps -D',
      '--dump -d',
      '--force -F',
    ),
    translate: (args, note) => {
      if (args.has('with-makefile')) note('-M: no Makefile is needed; unigraph takes kraft.yaml');
      return [
        {
          argv: [
            'init',
            ...args.words,
            ...args.as('template', '--template'),
            ...args.as('plat', '--platform'),
            ...args.as('arch', '--arch'),
            ...args.as('workdir', '--workdir'),
            ...(args.words.length === 0 && !args.has('workdir') ? ['--workdir', '.'] : []),
            ...args.as('no-deps', '--no-pull'),
            ...args.as('dump', '--local'),
            ...args.as('force', '--force'),
          ],
        },
      ];
    },
  },
  up: {
    describe: 'Start, configure, build and run an application',
    options: [
      ...runOptions,
      ...kraftOptions('--template -t=', '--version -v=', '--fast -j', '--force -F'),
    ].filter(({ flags }) => flags[0] !== '--target'),
    translate: (args, note) => {
      const [name = '.', ...words] = args.words;
      const version = args.value('version');
      const template = args.value('template');
      const place = args.value('workdir') ?? name;
      const start =
        template === undefined
          ? []
          : ['--template', version === undefined ? template : `${template}@${version}`];
      const configure = [...args.as('plat', '--platform'), ...args.as('arch', '--arch')];
      return [
        { argv: ['init', name, '--workdir', place, ...start, ...args.as('force', '--force')] },
        { argv: ['configure', ...configure], folder: place },
        { argv: ['build'] },
        { argv: runCall(args, [...words, ...args.rest], note) },
      ];
    },
  },
  configure: {
    describe: 'Make .config',
    options: kraftOptions(
      '--plat -p=',
      '--arch -m=',
      '--target -t=',
      '--force -F',
      '--menuconfig -k',
      '--workdir -w=',
      '--yes -y=',
      '--no -n=',
      '--set -s=',
      '--use -u=',
    ),
    translate: (args) => {
      const set = [
        ...args.all('yes').map((name) => `${name}=y`),
        ...args.all('no').map((name) => `${name}=n`),
        ...args.all('set'),
      ];
      const use = args.all('use');
      const first = folder(args);
      return [
        ...(use.length > 0 ? [{ argv: ['lib', 'add', ...use], ...first }] : []),
        {
          argv: [
            'configure',
            ...args.as('plat', '--platform'),
            ...args.as('arch', '--arch'),
            ...args.as('target', '--target'),
            ...args.as('force', '--fresh'),
            ...set.flatMap((text) => ['--set', text]),
          ],
          ...(use.length > 0 ? {} : first),
        },
        ...(args.has('menuconfig') ? [{ argv: ['menuconfig'] }] : []),
      ];
    },
  },
  menuconfig: {
    describe: 'Configure in a menu',
    options: kraftOptions('--workdir -w='),
    translate: (args) => [{ argv: ['menuconfig'], ...folder(args) }],
  },
  fetch: {
    describe: "Fetch the libraries' sources",
    options: kraftOptions('--workdir -w='),
    translate: (args) => [{ argv: ['build', 'fetch'], ...folder(args) }],
  },
  prepare: {
    describe: "Unpack and patch the libraries' sources",
    options: kraftOptions('--workdir -w='),
    translate: (args) => [{ argv: ['build', 'prepare'], ...folder(args) }],
  },
  build: {
    describe: 'Build',
    options: kraftOptions(
      '--verbose -v',
      '--fetch',
      '--no-fetch',
      '--prepare',
      '--no-prepare',
      '--progress',
      '--no-progress',
      '--fast -j',
      '--force -F',
      '--workdir -w=',
    ),
    translate: (args, note) => {
      if (args.has('force')) note("-F: what would change is always built; 'unigraph clean' starts anew");
      return [{ argv: ['build', ...args.words, ...args.as('verbose', '--verbose')], ...folder(args) }];
    },
  },
  clean: {
    describe: 'Remove what was built',
    options: kraftOptions('--proper -p', '--dist -d', '--workdir -w='),
    translate: (args) => {
      const verb = args.has('dist') ? 'distclean' : args.has('proper') ? 'properclean' : 'clean';
      return args.words.length > 0
        ? args.words.map((library, index) => ({
            argv: ['clean', library],
            ...(index === 0 ? folder(args) : {}),
          }))
        : [{ argv: [verb], ...folder(args) }];
    },
  },
  run: {
    describe: 'Boot the image',
    options: runOptions,
    translate: (args, note) => [
      { argv: runCall(args, [...args.words, ...args.rest], note), ...folder(args) },
    ],
  },
  // Verbs of the later kraft that mean the same in both syntaxes.
  menu: {
    describe: 'Configure in a menu',
    options: [],
    translate: () => [{ argv: ['menuconfig'] }],
  },
  set: {
    describe: 'Set options: NAME=VALUE',
    options: kraftOptions('--workdir -w='),
    translate: (args) => [{ argv: ['config', 'set', ...args.words], ...folder(args) }],
  },
  unset: {
    describe: 'Bring options back to their defaults',
    options: kraftOptions('--workdir -w='),
    translate: (args) => [{ argv: ['config', 'unset', ...args.words], ...folder(args) }],
  },
  ps: {
    describe: 'List the guests that run',
    options: kraftOptions('--all -a'),
    translate: (args) => [{ argv: ['ps', ...args.as('all', '--all')] }],
  },
  logs: {
    describe: 'Show what a guest has printed',
    options: kraftOptions('--follow -f'),
    translate: (args) => [{ argv: ['logs', ...args.words, ...args.as('follow', '--follow')] }],
  },
  stop: {
    describe: 'End guests',
    options: kraftOptions('--all -a'),
    translate: (args) => [{ argv: ['stop', ...args.words, ...args.as('all', '--all')] }],
  },
  'lib init': {
    describe: 'Start a library',
    options: kraftOptions(
      '--author-name -a=',
      '--author-email -e=',
      '--version -v=',
      '--origin -s=',
      '--with-main -m',
      '--workdir -w=',
      '--force -F',
      '--no-prompt -q',
      '--soft-pack -S',
      '--initial-branch -b=',
    ),
    translate: (args) => [
      {
        argv: [
          'lib',
          'init',
          ...args.words,
          ...[
            'author-name',
            'author-email',
            'version',
            'origin',
            'workdir',
            'initial-branch',
            'with-main',
            'force',
            'no-prompt',
            'soft-pack',
          ].flatMap((name) => args.as(name, `--${name}`)),
        ],
      },
    ],
  },
  'lib add': {
    describe: 'Add libraries to the application',
    options: kraftOptions('--workdir -w=', '--dump -d', '--no-pull'),
    translate: (args) => [
      { argv: ['lib', 'add', ...args.words, ...args.as('no-pull', '--no-pull')], ...folder(args) },
    ],
  },
  'lib remove': {
    describe: 'Take libraries out of the application',
    options: kraftOptions('--workdir -w='),
    translate: (args) => [{ argv: ['lib', 'remove', ...args.words], ...folder(args) }],
  },
  'lib bump': {
    describe: 'Move a library to a newer version',
    options: kraftOptions(
      '--version -v=',
      '--all -A',
      '--force-version -F',
      '--fast-forward -f',
      '--build -b',
    ),
    translate: (args) => [
      {
        argv: [
          'lib',
          'bump',
          ...args.words,
          ...args.as('version', '--version'),
          ...args.as('force-version', '--force'),
        ],
      },
    ],
  },
};
