/** The options of make (manual, "Summary of Options"). */
export interface MakeFlags {
  /** -B: take every target for out of date. */
  alwaysMake: boolean;
  /** -d */
  debugAll: boolean;
  /** --debug=…, each as given. */
  debug: string[];
  /** -e: environment variables win over makefiles. */
  environmentOverrides: boolean;
  /** -i: go on after any failed recipe. */
  ignoreErrors: boolean;
  /** -I, in order. */
  includeDirectories: string[];
  /** -j: number of jobs; 0 for no limit, undefined if not given. */
  jobs: number | undefined;
  /** -k: go on with what does not depend on a failed target. */
  keepGoing: boolean;
  /** -l: no new jobs while the load average is at or above this; undefined if not given or without number. */
  maxLoad: number | undefined;
  /** -L: the newer of a link's own time and its target's counts. */
  checkSymlinkTimes: boolean;
  /** -n: print recipes, run none. */
  justPrint: boolean;
  /** -o: files that are taken for very old. */
  oldFiles: string[];
  /** -O: how output of parallel jobs is kept apart, as given. */
  outputSync: string | undefined;
  /** -p: print the database. */
  printDataBase: boolean;
  /** -q: only tell by the exit status whether something is out of date. */
  question: boolean;
  /** -r */
  noBuiltinRules: boolean;
  /** -R */
  noBuiltinVariables: boolean;
  /** -s */
  silent: boolean;
  /** -t: touch targets instead of running recipes. */
  touch: boolean;
  /** --trace */
  trace: boolean;
  /** -w */
  printDirectory: boolean;
  /** --no-print-directory */
  noPrintDirectory: boolean;
  /** -W: files that are taken for just modified. */
  newFiles: string[];
  /** --warn-undefined-variables */
  warnUndefinedVariables: boolean;
  /** --eval, in order. */
  evals: string[];
  /** -f, in order. */
  makefiles: string[];
  /** -C, in order. */
  directories: string[];
  /** -h */
  help: boolean;
  /** -v */
  version: boolean;
  /** --jobserver-auth */
  jobserverAuth: string | undefined;
  /** --sync-mutex */
  syncMutex: string | undefined;
}

/** The flags of a call without options. */
export function defaultFlags(): MakeFlags {
  return {
    alwaysMake: false,
    debugAll: false,
    debug: [],
    environmentOverrides: false,
    ignoreErrors: false,
    includeDirectories: [],
    jobs: undefined,
    keepGoing: false,
    maxLoad: undefined,
    checkSymlinkTimes: false,
    justPrint: false,
    oldFiles: [],
    outputSync: undefined,
    printDataBase: false,
    question: false,
    noBuiltinRules: false,
    noBuiltinVariables: false,
    silent: false,
    touch: false,
    trace: false,
    printDirectory: false,
    noPrintDirectory: false,
    newFiles: [],
    warnUndefinedVariables: false,
    evals: [],
    makefiles: [],
    directories: [],
    help: false,
    version: false,
    jobserverAuth: undefined,
    syncMutex: undefined,
  };
}
