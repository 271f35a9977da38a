import { ExpressionReader } from './expression-reader.ts';
import { comparison } from './expression.ts';
import { Lexer } from './lexer.ts';
import { checkCircularDependencies } from './circular.ts';
import { finishTree } from './finish.ts';
import type { Menu } from './menu.ts';
import type { ConfigSymbol, SymbolType } from './symbol.ts';
import { TokenStream, UnexpectedToken } from './token-stream.ts';
import { KconfigTree } from './tree.ts';
import { TreeBuilder } from './tree-builder.ts';
import { ConfExit, type World } from './world.ts';

/** An open block; the outermost one has no entry. */
interface Block {
  readonly kind: 'root' | 'if' | 'menu' | 'choice';
  readonly entry: Menu | undefined;
}

/** The parser gives up: the input ended in the midst of a statement. */
class Aborted extends Error {}

/**
 * Reads a root file and everything it sources.
 * Messages go to the world's standard error. Ends the run (ConfExit) with status 1 where the C program does:
 * on syntax errors (after reading everything) and circular dependencies.
 */
export function readTree(world: World, rootFile: string): KconfigTree {
  const tree = new KconfigTree(world);
  const parser = new Parser(tree);
  parser.read(rootFile);
  tree.modules ??= tree.symbols.no;
  if (tree.root.prompt === undefined) parser.addMainMenu();
  finishTree(tree, parser.builder);
  if (checkCircularDependencies(tree)) throw new ConfExit(1);
  return tree;
}

const types: Partial<Record<string, SymbolType>> = {
  bool: 'bool',
  tristate: 'tristate',
  int: 'int',
  hex: 'hex',
  string: 'string',
};

/**
 * The grammar. It behaves in every case as the C program's generated parser: it looks at the next token
 * only where that one does (the token moves the line number of messages, and the end of a file is a token),
 * and after a wrong token goes on with the next line, in the innermost block that is not a choice.
 */
class Parser {
  readonly builder: TreeBuilder;
  readonly #tree: KconfigTree;
  readonly #lexer: Lexer;
  readonly #tokens: TokenStream;
  readonly #expressions: ExpressionReader;
  readonly #blocks: Block[] = [{ kind: 'root', entry: undefined }];
  #failed = false;

  constructor(tree: KconfigTree) {
    this.#tree = tree;
    this.#lexer = new Lexer(tree.world, tree.files);
    this.#tokens = new TokenStream(this.#lexer);
    this.#expressions = new ExpressionReader(this.#tokens, tree.symbols);
    this.builder = new TreeBuilder(tree, () => ({
      file: this.#lexer.file,
      line: this.#lexer.statementLine,
    }));
  }

  read(rootFile: string): void {
    this.#lexer.start(rootFile);
    try {
      this.#readMainMenu();
      this.#readStatements();
    } catch (error) {
      if (!(error instanceof Aborted)) throw error;
      while (this.#blocks.length > 1) this.#abandonBlock();
    }
    this.#lexer.macros.forget();
    if (this.#failed) throw new ConfExit(1);
  }

  addMainMenu(): void {
    this.builder.entry = this.#tree.root;
    this.builder.addPrompt('menu', 'Main menu', undefined);
  }

  #readMainMenu(): void {
    if (this.#tokens.peek() !== 'mainmenu') return;
    try {
      this.#tokens.shift();
      const text = this.#prompt();
      this.#endLine();
      this.builder.addPrompt('menu', text, undefined);
    } catch (error) {
      // Before the first statement there is nothing to fall back to.
      if (!(error instanceof UnexpectedToken)) throw error;
      this.#syntaxError();
      throw new Aborted();
    }
  }

  #readStatements(): void {
    for (;;) {
      const block = this.#blocks.at(-1)!;
      let word: string | undefined;
      try {
        const token = this.#tokens.peek();
        if (token === 'end of input' && block.kind === 'root') return;
        if (token === 'word' && block.kind !== 'choice') word = this.#lexer.text;
        this.#readStatement(block);
      } catch (error) {
        if (!(error instanceof UnexpectedToken)) throw error;
        this.#recover(word);
      }
    }
  }

  #readStatement(block: Block): void {
    const token = this.#tokens.peek();
    switch (token) {
      case 'config':
      case 'menuconfig':
        return this.#readConfig(token);
      case 'if':
        return this.#readIf();
      case 'comment':
        return this.#readComment();
      case 'source':
        return this.#readSource();
      case 'word':
        return this.#readAssignment();
      case 'endmenu':
      case 'endchoice':
      case 'endif':
        if (block.kind !== 'root') return this.#readEnd(block, token.slice('end'.length));
        break;
      case 'choice':
        if (block.kind !== 'choice') return this.#readChoice();
        break;
      case 'menu':
        if (block.kind !== 'choice') return this.#readMenu();
        break;
      default:
    }
    throw new UnexpectedToken();
  }

  // Errors

  /** Skips the rest of the line of a wrong token. `word` is set when the statement began with an unknown word. */
  #recover(word: string | undefined): void {
    this.#syntaxError();
    while (this.#blocks.at(-1)!.kind === 'choice') this.#abandonBlock();
    while (this.#tokens.peek() !== 'end of line') {
      if (this.#tokens.peek() === 'end of input') throw new Aborted();
      this.#tokens.drop();
    }
    this.#tokens.shift();
    this.#error(word === undefined ? 'invalid statement' : `unknown statement "${word}"`);
  }

  #syntaxError(): void {
    this.#failed = true;
    // Until three tokens in a row were right, further errors are not announced.
    if (!this.#tokens.recovering) {
      this.#tree.world.warn(
        `${this.#lexer.statementFileName}:${this.#lexer.statementLine + 1}: syntax error\n`,
      );
    }
    this.#tokens.recover();
  }

  #error(message: string): void {
    this.#failed = true;
    this.#note(message);
  }

  #note(message: string): void {
    this.#tree.world.warn(`${this.#lexer.statementFileName}:${this.#lexer.statementLine}: ${message}\n`);
  }

  #abandonBlock(): void {
    const entry = this.#blocks.pop()!.entry!;
    this.#tree.world.warn(`${entry.file!.name}:${entry.line}: missing end statement for this entry\n`);
    if (this.builder.block === entry) this.builder.closeBlock();
  }

  // Parts of statements

  #endLine(): void {
    this.#tokens.expect('end of line');
  }

  #prompt(): string {
    const token = this.#tokens.peek();
    if (token !== 'word' && token !== 'quoted') throw new UnexpectedToken();
    const { text } = this.#lexer;
    this.#tokens.shift();
    return text;
  }

  #condition(): ReturnType<ExpressionReader['read']> | undefined {
    if (this.#tokens.peek() !== 'if') return undefined;
    this.#tokens.shift();
    return this.#expressions.read();
  }

  /** The prompt that may follow a type. */
  #optionalPrompt(): void {
    const token = this.#tokens.peek();
    if (token !== 'word' && token !== 'quoted') return;
    const text = this.#prompt();
    const condition = this.#condition();
    this.builder.addPrompt('prompt', text, condition);
  }

  #symbol(): ConfigSymbol {
    return this.#expressions.plainSymbol();
  }

  // Statements

  #readConfig(keyword: 'config' | 'menuconfig'): void {
    this.#tokens.shift();
    const symbol = this.#symbol();
    this.#endLine();
    symbol.optional = true;
    this.builder.addEntry(symbol);
    while (this.#readConfigOption());
    if (keyword === 'config') return;
    const { prompt } = this.builder.entry;
    if (prompt !== undefined) prompt.kind = 'menu';
    else this.#note('warning: menuconfig statement without prompt');
  }

  /** Reads one option of a config; false when the next token begins none. */
  #readConfigOption(): boolean {
    const token = this.#tokens.peek();
    const type = types[token];
    if (type !== undefined) {
      this.#readType(type);
      return true;
    }
    switch (token) {
      case 'default':
      case 'def_bool':
      case 'def_tristate': {
        this.#tokens.shift();
        const value = this.#expressions.read();
        const condition = this.#condition();
        this.#endLine();
        this.builder.addExpression('default', value, condition);
        if (token !== 'default') this.builder.setType(token === 'def_bool' ? 'bool' : 'tristate');
        return true;
      }
      case 'select':
      case 'imply':
        this.#readSymbolOption(token);
        return true;
      case 'range': {
        this.#tokens.shift();
        const low = this.#expressions.symbol();
        const high = this.#expressions.symbol();
        const condition = this.#condition();
        this.#endLine();
        this.builder.addExpression('range', comparison('range', low, high), condition);
        return true;
      }
      case 'option':
        this.#readOption();
        return true;
      default:
        return this.#readCommonOption();
    }
  }

  #readType(type: SymbolType): void {
    this.#tokens.shift();
    this.#optionalPrompt();
    this.#endLine();
    this.builder.setType(type);
  }

  #readSymbolOption(kind: 'select' | 'imply' | 'default'): void {
    this.#tokens.shift();
    const symbol = this.#symbol();
    const condition = this.#condition();
    this.#endLine();
    this.builder.addSymbolProperty(kind, symbol, condition);
  }

  #readOption(): void {
    this.#tokens.shift();
    const token = this.#tokens.peek();
    if (token !== 'modules' && token !== 'defconfig_list' && token !== 'allnoconfig_y') {
      throw new UnexpectedToken();
    }
    this.#tokens.shift();
    this.#endLine();
    const symbol = this.builder.entry.symbol!;
    const tree = this.#tree;
    if (token === 'allnoconfig_y') symbol.yesWhenAllNo = true;
    else if (token === 'modules') {
      if (tree.modules !== undefined) {
        this.#error(
          `symbol '${symbol.name}' redefines option 'modules' already defined by symbol '${tree.modules.name}'`,
        );
      }
      tree.modules = symbol;
    } else {
      tree.defconfigList ??= symbol;
      if (tree.defconfigList !== symbol) this.#error('trying to redefine defconfig symbol');
      tree.defconfigList.neverWritten = true;
    }
  }

  /** What configs and choices have in common. */
  #readCommonOption(): boolean {
    switch (this.#tokens.peek()) {
      case 'prompt': {
        this.#tokens.shift();
        const text = this.#prompt();
        const condition = this.#condition();
        this.#endLine();
        this.builder.addPrompt('prompt', text, condition);
        return true;
      }
      case 'depends':
        this.#readDepends();
        return true;
      case 'help':
        this.#readHelp();
        return true;
      default:
        return false;
    }
  }

  #readDepends(): void {
    this.#tokens.shift();
    this.#tokens.expect('on');
    const condition = this.#expressions.read();
    this.#endLine();
    this.builder.addDependency(condition);
  }

  #readHelp(): void {
    this.#tokens.shift();
    this.#endLine();
    this.#lexer.startHelp();
    this.#tokens.expect('helptext');
    const { text } = this.#lexer;
    const { entry } = this.builder;
    if (entry.help !== undefined) {
      this.#note(
        `warning: '${entry.symbol!.label}' defined with more than one help text -- only the last one will be used`,
      );
    }
    if (!/[^ \t-\r]/.test(text)) {
      this.#note(`warning: '${entry.symbol!.label}' defined with blank help text`);
    }
    entry.help = text;
  }

  #readChoice(): void {
    this.#tokens.shift();
    let name: string | undefined;
    if (this.#tokens.peek() === 'word') {
      name = this.#lexer.text;
      this.#tokens.shift();
    }
    this.#endLine();
    const choice = this.#tree.symbols.lookup(name, 'choice');
    choice.neverWritten = true;
    this.builder.addEntry(choice);
    this.builder.addMembers();
    while (this.#readChoiceOption());
    this.#open('choice');
  }

  #readChoiceOption(): boolean {
    const token = this.#tokens.peek();
    switch (token) {
      case 'bool':
      case 'tristate':
        this.#readType(token);
        return true;
      case 'optional':
        this.#tokens.shift();
        this.#endLine();
        this.builder.entry.symbol!.optional = true;
        return true;
      case 'default':
        this.#readSymbolOption('default');
        return true;
      default:
        return this.#readCommonOption();
    }
  }

  #readIf(): void {
    this.#tokens.shift();
    const condition = this.#expressions.read();
    this.#endLine();
    this.builder.addEntry(undefined);
    this.builder.addDependency(condition);
    this.#open('if');
  }

  #readMenu(): void {
    this.#tokens.shift();
    const text = this.#prompt();
    this.#endLine();
    this.builder.addEntry(undefined);
    this.builder.addPrompt('menu', text, undefined);
    for (;;) {
      const token = this.#tokens.peek();
      if (token === 'depends') this.#readDepends();
      else if (token === 'visible') {
        this.#tokens.shift();
        const condition = this.#condition();
        this.#endLine();
        this.builder.addVisibility(condition);
      } else break;
    }
    this.#open('menu');
  }

  #open(kind: 'if' | 'menu' | 'choice'): void {
    this.#blocks.push({ kind, entry: this.builder.openBlock() });
  }

  #readEnd(block: Block, found: string): void {
    this.#tokens.shift();
    this.#endLine();
    // The block is over for the grammar, whatever its end is called.
    this.#blocks.pop();
    if (found !== block.kind) {
      this.#error(`unexpected '${found}' within ${block.kind} block`);
      return;
    }
    const opened = this.builder.block;
    if (opened.file !== this.#lexer.file) {
      this.#error(`'${found}' in different file than '${block.kind}'`);
      this.#tree.world.warn(
        `${opened.file?.name ?? '<none>'}:${opened.line}: location of the '${block.kind}'\n`,
      );
      return;
    }
    this.builder.closeBlock();
  }

  #readComment(): void {
    this.#tokens.shift();
    const text = this.#prompt();
    this.#endLine();
    this.builder.addEntry(undefined);
    this.builder.addPrompt('comment', text, undefined);
    while (this.#tokens.peek() === 'depends') this.#readDepends();
  }

  #readSource(): void {
    this.#tokens.shift();
    const pattern = this.#prompt();
    this.#endLine();
    this.#lexer.source(pattern);
  }

  #readAssignment(): void {
    const name = this.#lexer.text;
    this.#tokens.shift();
    const operator = this.#tokens.peek();
    if (operator !== '=' && operator !== ':=' && operator !== '+=') throw new UnexpectedToken();
    this.#tokens.shift();
    let value = '';
    if (this.#tokens.peek() === 'value') {
      value = this.#lexer.text;
      this.#tokens.shift();
    }
    this.#endLine();
    this.#lexer.macros.assign(name, operator, value);
  }
}
