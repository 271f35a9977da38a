import type { CommandShape, OptionShape, Place } from './completion-table.ts';

/*
 * The scripts hold everything that is fixed, so that most keys cost no start of Node; only names that change (libraries,
 * targets, …) are asked of `unigraph completion --names KIND`.
 */

/** A word in single quotes, as bash, zsh and fish all read it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What a script does for a place, as one word: `names:goals`, `choice:a b`, `file`, … */
function placeWord(place: Place): string {
  if (place.kind === 'choice') return `choice:${place.choices.join(' ')}`;
  if (place.kind === 'names') return `names:${place.names}`;
  return place.kind;
}

function flagsOf(options: readonly OptionShape[]): string {
  return options.flatMap(({ flags }) => flags).join(' ');
}

/** The options with a value, grouped by what it is, for a `case`. */
function valueCases(options: readonly OptionShape[]): [string, string][] {
  const byPlace = new Map<string, string[]>();
  for (const { flags, value } of options) {
    if (value.kind === 'nothing') continue;
    const word = placeWord(value);
    byPlace.set(word, [...(byPlace.get(word) ?? []), ...flags]);
  }
  return [...byPlace].map(([word, flags]) => [flags.join('|'), word]);
}

function groupsOf(table: readonly CommandShape[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { name } of table) {
    const [group, inner] = name.split(' ');
    if (group !== undefined && inner !== undefined) groups.set(group, [...(groups.get(group) ?? []), inner]);
  }
  return groups;
}

/** The part that bash and zsh share: from a command and the word before to what is wanted. */
function shellTable(table: readonly CommandShape[]): string {
  const groups = [...groupsOf(table)].map(
    ([group, inner]) => `    ${group}) subcommands=${quoted(inner.join(' '))};;`,
  );
  const cases = table.map(({ name, options, words }) => {
    const values = valueCases(options).map(
      ([flags, place]) => `          ${flags}) place=${quoted(place)};;`,
    );
    const inner = values.length === 0 ? '' : `\n        case $before in\n${values.join('\n')}\n        esac`;
    return `      ${quoted(name)})\n        flags=${quoted(flagsOf(options))}; words=${quoted(placeWord(words))}${inner};;`;
  });
  return `_unigraph_table() {
  # in: command, before; out: flags, words, place
  flags= words=nothing place=
  case $command in
${cases.join('\n')}
  esac
}
_unigraph_group() {
  # in: first; out: subcommands
  subcommands=
  case $first in
${groups.join('\n')}
  esac
}`;
}

/** The script for bash. */
export function bashScript(table: readonly CommandShape[]): string {
  const names = table.map(({ name }) => name).filter((name) => !name.includes(' '));
  return `# Completion of unigraph for bash, as \`unigraph completion bash\` prints it
${shellTable(table)}
_unigraph() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local first=\${COMP_WORDS[1]} command flags words place subcommands offered
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(`${names.join(' ')} --help --version`)} -- "$current"))
    return
  fi
  _unigraph_group
  command=$first
  if [[ -n $subcommands && $COMP_CWORD -gt 2 && " $subcommands " == *" \${COMP_WORDS[2]} "* ]]; then
    command="$first \${COMP_WORDS[2]}"
  fi
  # '--option=value' comes as three words.
  if [[ $current == '=' ]]; then current=; elif [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  _unigraph_table
  if [[ -z $place ]]; then
    if [[ $current == -* ]]; then
      COMPREPLY=($(compgen -W "$flags" -- "$current"))
      return
    fi
    place=$words
    if [[ -n $subcommands && $COMP_CWORD -eq 2 ]]; then place="choice:$subcommands"; fi
  fi
  case $place in
    names:*) offered=$("\${COMP_WORDS[0]}" completion --names "\${place#names:}" 2>/dev/null)
      COMPREPLY=($(compgen -W "$offered" -- "$current"));;
    choice:*) COMPREPLY=($(compgen -W "\${place#choice:}" -- "$current"));;
    folder) compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$current"));;
    file) compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current"));;
  esac
}
complete -F _unigraph unigraph
`;
}

/** The script for zsh; as a file \`_unigraph\` in fpath, or evaluated after compinit. */
export function zshScript(table: readonly CommandShape[]): string {
  const pair = (name: string, describe: string) => quoted(`${name.replaceAll(':', '\\:')}:${describe}`);
  const names = table
    .filter(({ name }) => !name.includes(' '))
    .map(({ name, describe }) => pair(name, describe));
  const described = table.map(({ name, options }) => {
    const entries = options.flatMap(({ flags, describe }) => flags.map((flag) => pair(flag, describe)));
    return `    ${quoted(name)}) flags_described=(${entries.join(' ')});;`;
  });
  const inner = table.map(({ name, describe }) => {
    const sub = name.split(' ')[1];
    return sub === undefined ? '' : `    ${quoted(name)}) described+=(${pair(sub, describe)});;\n`;
  });
  return `#compdef unigraph
# Completion of unigraph for zsh, as \`unigraph completion zsh\` prints it; a file _unigraph in fpath
${shellTable(table)}
_unigraph_flags() {
  flags_described=()
  case $command in
${described.join('\n')}
  esac
}
_unigraph_subcommand() {
  case "$first $1" in
${inner.join('')}  esac
}
_unigraph() {
  local current=\${words[CURRENT]} before=\${words[CURRENT-1]} first=\${words[2]} program=\${words[1]} second=\${words[3]}
  local command flags place subcommands sub
  local -a described flags_described offered
  if ((CURRENT == 2)); then
    described=(${names.join(' ')})
    _describe command described
    return
  fi
  _unigraph_group
  command=$first
  if [[ -n $subcommands && $CURRENT -gt 3 && " $subcommands " == *" $second "* ]]; then command="$first $second"; fi
  if [[ $current == --*=* ]]; then before=\${current%%=*}; compset -P '*='; fi
  local words
  _unigraph_table
  if [[ -z $place ]]; then
    if [[ $current == -* ]]; then
      _unigraph_flags
      _describe option flags_described
      return
    fi
    place=$words
    if [[ -n $subcommands && $CURRENT -eq 3 ]]; then
      for sub in \${=subcommands}; do _unigraph_subcommand $sub; done
      _describe command described
      return
    fi
  fi
  case $place in
    names:*) offered=(\${(f)"$($program completion --names \${place#names:} 2>/dev/null)"}); compadd -a offered;;
    choice:*) offered=(\${=\${place#choice:}}); compadd -a offered;;
    folder) _files -/;;
    file) _files;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _unigraph "$@"; else compdef _unigraph unigraph; fi
`;
}

/** The script for fish. */
export function fishScript(table: readonly CommandShape[]): string {
  const lines = [
    '# Completion of unigraph for fish, as `unigraph completion fish` prints it',
    `function __unigraph_command
  set -l words (commandline -opc)
  set -e words[1]
  echo $words[1]
end
function __unigraph_is
  set -l words (commandline -opc)
  test "$words[2]" = $argv[1]; or return 1
  set -q argv[2]; and begin; test "$words[3]" = $argv[2]; or return 1; end
  return 0
end
function __unigraph_names
  set -l words (commandline -opc)
  $words[1] completion --names $argv[1] 2>/dev/null
end`,
    'complete -c unigraph -f',
  ];
  const groups = groupsOf(table);
  for (const { name, describe, options, words } of table) {
    const [first, second] = name.split(' ');
    if (second === undefined) {
      lines.push(
        `complete -c unigraph -n 'test (count (commandline -opc)) -eq 1' -a ${first} -d ${fish(describe)}`,
      );
    } else {
      lines.push(
        `complete -c unigraph -n '__unigraph_is ${first}; and test (count (commandline -opc)) -eq 2' -a ${second} -d ${fish(describe)}`,
      );
    }
    const isGroup = groups.has(name);
    const condition = isGroup
      ? `__unigraph_is ${first}; and not contains -- (commandline -opc)[3] ${groups.get(name)!.join(' ')}`
      : `__unigraph_is ${name}`;
    for (const option of options) lines.push(fishOption(condition, option));
    const offer = fishPlace(words);
    if (offer !== '' && !isGroup) lines.push(`complete -c unigraph -n '${condition}' ${offer}`);
  }
  return `${lines.join('\n')}\n`;
}

function fish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function fishOption(condition: string, { flags, describe, value }: OptionShape): string {
  const names = flags
    .map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
    .join(' ');
  const wants = value.kind === 'nothing' ? '' : value.kind === 'text' ? ' -x' : ` -r ${fishPlace(value)}`;
  return `complete -c unigraph -n '${condition}' ${names} -d ${fish(describe)}${wants}`;
}

function fishPlace(place: Place): string {
  switch (place.kind) {
    case 'choice':
      return `-f -a ${fish(place.choices.join(' '))}`;
    case 'names':
      return `-f -a '(__unigraph_names ${place.names})'`;
    case 'folder':
      return "-f -a '(__fish_complete_directories)'";
    case 'file':
      return '-F';
    default:
      return '';
  }
}
