import { originName, Rank, Variable } from '../variables.ts';
import { endOfWord, firstWord, skipSpaces, splitWords } from '../words.ts';
import type { Expander, MacroFrame } from '../expander.ts';
import type { Expression } from '../expression.ts';
import { eager, type LazyFunction, type MakeFunction } from './function.ts';

/** Functions that look at or change variables, run macros, talk (manual, "Call", "Eval", "Foreach" and so on). */
export const controlFunctions: readonly MakeFunction[] = [
  eager('call', 1, 0, false, call),
  eager('value', 0, 1, false, ([name], expander) => expander.variables.lookup(name!)?.value ?? ''),
  eager('origin', 0, 1, false, ([name], expander) => {
    const variable = expander.variables.lookup(name!);
    return variable === undefined ? 'undefined' : originName(variable.rank);
  }),
  eager('flavor', 0, 1, false, ([name], expander) => {
    const variable = expander.variables.lookup(name!);
    if (variable === undefined) return 'undefined';
    return variable.recursive ? 'recursive' : 'simple';
  }),
  eager('eval', 0, 1, false, ([text], expander) => {
    expander.services.evaluateText(text!);
    return '';
  }),
  eager('info', 0, 1, false, (args, expander) => {
    expander.services.info(args.join(', '));
    return '';
  }),
  eager('warning', 0, 1, false, (args, expander) => {
    expander.services.warn(args.join(', '), expander.reading);
    return '';
  }),
  eager('error', 0, 1, false, (args, expander) => expander.stop(args.join(', '), expander.reading)),
  eager('shell', 0, 1, false, ([command], expander) => expander.services.shell(command!, true)),
];

/** Expansions of itself that a macro may nest: what GNU Make's 15-bit counter holds. */
const MOST_NESTED = 32767;
const KEPT_RESULTS = 50_000;

/**
 * `$(call name,arg…)`. What is on the stack while the macro is expanded is kept small, since macros may call themselves
 * some thousand deep.
 */
function call(args: readonly string[], expander: Expander): string {
  const begun = beginCall(args, expander);
  if (typeof begun === 'string') return begun;
  try {
    return keepResult(
      begun,
      begun.special ? expander.referenceTo(begun.name) : expander.expandVariable(begun.variable),
    );
  } finally {
    begun.variable.expansionsLeft = 0;
    expander.leaveMacro(begun.frame);
  }
}

/** A `$(call)` whose arguments have their variables. */
interface Call {
  readonly name: string;
  readonly variable: Variable;
  readonly frame: MacroFrame;
  /** The name has to be read as `$(name)` is. */
  readonly special: boolean;
  /** Where the result is kept, if it depends on the arguments alone. */
  readonly memo: Map<string, string> | undefined;
  readonly key: string;
}

/** @returns the result, if it is known without expanding */
function beginCall(args: readonly string[], expander: Expander): Call | string {
  const first = args[0]!;
  const start = skipSpaces(first, 0);
  const end = endOfWord(first, start);
  const name = start === 0 && end === first.length ? first : first.slice(start, end);
  if (name === '') return '';

  const builtin = expander.functions.get(name);
  if (builtin !== undefined) return callBuiltin(builtin, args.slice(1), expander);

  const { variables } = expander;
  const variable = variables.lookup(name);
  if (variable === undefined) {
    expander.warnUndefined(name);
    return '';
  }
  if (variable.value === '') return '';
  const special = name.includes(':') || name.includes('$');
  if (!variable.recursive && !special) return variable.value;

  // A macro of its arguments alone gives the same result each time: Unikraft's `uc` runs 37,000 times on 1,400 values.
  let memo: Map<string, string> | undefined;
  let key = '';
  if (variable.recursive && !variable.append) {
    const expression = expander.compiled(variable);
    const { purity } = expression;
    if (purity >= 0 && purity < args.length) {
      memo = expression.memo ??= new Map();
      key = args.length === 2 ? args[1]! : args.slice(1).join('\0');
      const known = memo.get(key);
      if (known !== undefined) return known;
    }
  }

  const frame = expander.enterMacro(name, args.length);
  const { variables: slots } = frame;
  // `$(0)` keeps blanks in front of the name but not what stands behind it.
  slots[0]!.setValue(end === first.length ? first : first.slice(0, end));
  for (let index = 1; index < frame.count; index++) slots[index]!.setValue(args[index] ?? '');
  variable.expansionsLeft = MOST_NESTED;
  return { name, variable, frame, special, memo, key };
}

function keepResult({ memo, key }: Call, result: string): string {
  if (memo !== undefined) {
    if (memo.size >= KEPT_RESULTS) memo.clear();
    memo.set(key, result);
  }
  return result;
}

/** `$(call subst,…)`: a builtin function by its name; surplus arguments are not put together. */
function callBuiltin(builtin: MakeFunction, args: readonly string[], expander: Expander): string {
  if (args.length < builtin.min) expander.tooFewArguments(args.length, builtin.name);
  if (args.length === 0) return '';
  if (!builtin.lazy) return builtin.run(args, expander);
  return builtin.run(
    args.map((text, index) => expander.compile(builtin.trims(index) ? trimmed(text) : text)),
    expander,
  );
}

function trimmed(text: string): string {
  const words = splitWords(text);
  if (words.length === 0) return '';
  const start = skipSpaces(text, 0);
  return text.slice(start).replace(/[\t-\r ]+$/, '');
}

/** `$(foreach name,list,text)` */
export const foreachFunction: LazyFunction = {
  name: 'foreach',
  min: 3,
  max: 3,
  pure: false,
  lazy: true,
  trims: () => false,
  run: (args: readonly Expression[], expander: Expander): string => {
    const name = firstWord(args[0]!.expand(expander));
    const words = splitWords(args[1]!.expand(expander));
    const body = args[2]!;
    const symbol = expander.variables.symbol(name);
    const saved = symbol.local;
    const variable = new Variable(name, '', Rank.automatic, false, undefined);
    symbol.local = variable;
    expander.variables.enterScope();
    try {
      let result = '';
      for (let index = 0; index < words.length; index++) {
        variable.setValue(words[index]!);
        const text = body.expand(expander);
        result += index === 0 ? text : ` ${text}`;
      }
      return result;
    } finally {
      symbol.local = saved;
      expander.variables.leaveScope();
    }
  },
};
