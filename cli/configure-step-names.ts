/** What each configuration target does, as `unigraph --help` says it. */
export const stepDescriptions = {
  oldconfig: 'Ask about every option that .config says nothing about',
  olddefconfig: 'Give every option that .config says nothing about its default',
  syncconfig: 'Ask what is open in .config, and write config.h and auto.conf',
  defconfig: 'Start from a saved configuration',
  savedefconfig: 'Save what differs from the defaults',
  alldefconfig: 'Give every option its default',
  allyesconfig: 'Answer every option with yes',
  allnoconfig: 'Answer every option with no',
  randconfig: 'Answer every option at random',
  listnewconfig: 'List the options that .config says nothing about',
  helpnewconfig: 'List the options that .config says nothing about, with their help',
} as const;
