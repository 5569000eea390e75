/** A command as a shell would run it: its words, without quotes, assignments before it, and redirections. */
export type ShellCommand = readonly string[];

/** What stands for something the reader puts in, such as `<id>`. */
const PLACEHOLDER = /<([a-z][\w -]*)>/g;
const SEPARATORS = '\n;|&()';
const ASSIGNMENT = /^\w+\+?=/;
const SHELL_WORDS = ['export', 'set', 'if', 'then', 'else', 'do', 'while', 'until', '!', '{', '}'];

/**
 * The commands of a script of a guide, those in `$(…)` too. Knows quotes, comments, redirections and lines that go on;
 * no here-documents. Placeholders such as `<id>` become words such as `{id}`.
 */
export function shellCommands(script: string): ShellCommand[] {
  const named = script.replace(PLACEHOLDER, (_, name: string) => `{${name.replaceAll(' ', '_')}}`);
  return new ShellReader(named).read();
}

class ShellReader {
  private readonly commands: ShellCommand[] = [];
  private words: string[] = [];
  private word: string | undefined;
  private at = 0;

  constructor(private readonly script: string) {}

  read(): ShellCommand[] {
    while (this.at < this.script.length) this.step(this.script.charAt(this.at++));
    this.endCommand();
    return this.commands;
  }

  private step(char: string): void {
    if (char === '\\') this.escaped();
    else if (char === "'") this.append(this.until("'"));
    else if (char === '"') this.doubleQuoted();
    else if (char === '$' && this.script.startsWith('(', this.at)) this.substitution();
    else if (char === '#' && this.word === undefined) this.at = endOf(this.script, '\n', this.at);
    else if (char === '<' || char === '>') this.redirection();
    else if (SEPARATORS.includes(char)) this.endCommand();
    else if (char === ' ' || char === '\t') this.endWord();
    else this.append(char);
  }

  private escaped(): void {
    const char = this.script.charAt(this.at++);
    if (char !== '\n') this.append(char);
  }

  private doubleQuoted(): void {
    this.append('');
    while (this.at < this.script.length) {
      const char = this.script.charAt(this.at++);
      if (char === '"') return;
      if (char === '$' && this.script.startsWith('(', this.at)) this.substitution();
      else if (char === '\\') this.escaped();
      else this.append(char);
    }
  }

  /** `$(…)`: its commands are commands, too. */
  private substitution(): void {
    const begin = this.at + 1;
    let depth = 0;
    do {
      const char = this.script.charAt(this.at++);
      if (char === "'") this.until("'");
      else if (char === '(') depth += 1;
      else if (char === ')') depth -= 1;
    } while (depth > 0 && this.at < this.script.length);
    this.commands.push(...new ShellReader(this.script.slice(begin, this.at - 1)).read());
    this.append('{output}');
  }

  /** Its file, or the number of a stream, is no word of the command. */
  private redirection(): void {
    if (/^\d$/.test(this.word ?? '')) this.word = undefined;
    this.endWord();
    const [rest = ''] = /^[>&]?\s*[^\s;|&)]*/.exec(this.script.slice(this.at)) ?? [];
    this.at += rest.length;
  }

  private until(end: string): string {
    const begin = this.at;
    this.at = endOf(this.script, end, begin) + 1;
    return this.script.slice(begin, this.at - 1);
  }

  private append(text: string): void {
    this.word = (this.word ?? '') + text;
  }

  private endWord(): void {
    if (this.word !== undefined) this.words.push(this.word);
    this.word = undefined;
  }

  private endCommand(): void {
    this.endWord();
    const begin = this.words.findIndex((word) => !ASSIGNMENT.test(word) && !SHELL_WORDS.includes(word));
    if (begin >= 0) this.commands.push(this.words.slice(begin));
    this.words = [];
  }
}

function endOf(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found;
}
