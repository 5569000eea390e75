import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from './lint-texts';

/** What commands write; it is not in Git. */
const MADE_BY_COMMANDS = [
  /^infra\/aws\/images\.[^/]+\.tfvars\.json$/,
  /^infra\/aws\/terraform\.[^/]+\.tfstate$/,
  /^infra\/aws\/cdktf\.out(\/|$)/,
];
const CDKTF_COMMANDS = ['deploy', 'destroy', 'diff', 'output', 'synth'];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: workspaceRoot,
  encoding: 'utf8',
}).split('\n');

/** Where the messages come from that the guides explain. */
const MESSAGE_SOURCES =
  /^(infra\/(aws|setup)\/src|infra\/images\/mlflow|tools\/tidegate\/src)\/.*(?<!spec)\.(ts|py)$/;
/** Of Terraform, its provider, ECS and Linux. */
const FOREIGN_MESSAGES = [
  'InvalidParameterCombination: Cannot find version',
  'for postgres',
  'No value for required variable',
  'Error acquiring the state lock',
  'Still creating',
  'ResourceInitializationError: unable to pull secrets',
  'exec format error',
];

const cdktfCommandLine = readdirSync(path.join(workspaceRoot, 'node_modules/cdktf-cli/bundle/bin/cmds'))
  .filter((name) => name.endsWith('.js'))
  .map((name) => read(`node_modules/cdktf-cli/bundle/bin/cmds/${name}`))
  .concat(read('node_modules/cdktf-cli/bundle/bin/cdktf.js'))
  .join('\n');
const workflows = files.filter((file) => file.startsWith('.github/workflows/')).map(read);

/** Read, not run: the program would install packages first. */
const tidegateHelp = ['command-line.ts', 'keys/keys-command-line.ts']
  .map((name) => read(`tools/tidegate/src/${name}`))
  .join('\n');

function documents(): string[] {
  return readdirSync(path.join(workspaceRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
}

function read(file: string): string {
  return readFileSync(path.join(workspaceRoot, file), 'utf8');
}

/** Every reference of a document that leads nowhere. */
function problemsOf(document: string, text: string): string[] {
  return [
    ...missingPaths(text),
    ...brokenLinks(document, text),
    ...unknownTidegateCommands(text),
    ...unknownCdktfCommands(text),
    ...unknownMessages(text),
  ].map((problem) => `${document}: ${problem}`);
}

/** Paths of the workspace in code, such as `infra/aws/src/{dev,staging}.ts`. */
function missingPaths(text: string): string[] {
  const paths =
    text.match(/(?<![\w./@-])(infra|tools|apps|libs|docs|\.github)\/[\w./<>*{},@-]*[\w>*}]/g) ?? [];
  return paths.filter((found) => !isThere(found)).map((found) => `there is no ${found}`);
}

function isThere(found: string): boolean {
  const pattern = found
    .replace(/[.\\]/g, '\\$&')
    .replace(/\*|<[^>]*>/g, '[^/]+')
    .replace(/\{([^}]*)\}/g, (_, choices: string) => `(${choices.replaceAll(',', '|')})`);
  const expected = new RegExp(`^${pattern}(/|$)`);
  return [found, ...files].some((file, index) =>
    index === 0 ? MADE_BY_COMMANDS.some((made) => made.test(file)) : expected.test(file),
  );
}

function brokenLinks(document: string, text: string): string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g)]
    .filter(([, target = '', anchor]) => {
      const file = target === '' ? document : path.join(path.dirname(document), target);
      if (!files.includes(file) && !documents().includes(file)) return true;
      return anchor !== undefined && !anchorsOf(read(file)).includes(anchor);
    })
    .map(([link]) => `the link ${link} leads nowhere`);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(
    ([, heading = '']) =>
      `#${heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-')}`,
  );
}

function unknownTidegateCommands(text: string): string[] {
  return [...text.matchAll(/tools\/tidegate\/start\.mjs ((?:images |keys )?[a-z]+)([^\n`#]*)/g)].flatMap(
    ([, command = '', rest = '']) => {
      const options = rest.match(/--[a-z-]+/g) ?? [];
      const usage = command.startsWith('keys ') ? `  ${command} ` : `  ${command} <env>`;
      return [usage, ...options.map((option) => `  ${option}`)]
        .filter((expected) => !tidegateHelp.includes(expected))
        .map((expected) => `tidegate does not know "${expected.trim()}"`);
    },
  );
}

function unknownCdktfCommands(text: string): string[] {
  return [...joinedLines(text).matchAll(/npx cdktf ([a-z]+)([^\n`|]*)/g)].flatMap(
    ([, command = '', rest = '']) => [
      ...(CDKTF_COMMANDS.includes(command) ? [] : [`cdktf has no command ${command}`]),
      ...(rest.match(/\b(dev|staging|production)-[a-z]+/g) ?? [])
        .filter((stack) => !/-(storage|foundation|services)$/.test(stack))
        .map((stack) => `there is no stack ${stack}`),
      ...(rest.match(/(?<= --)[a-z-]+/g) ?? [])
        .filter((option) => !cdktfCommandLine.includes(`"${option}"`))
        .map((option) => `cdktf has no option --${option}`),
    ],
  );
}

/** Commands that go on in the next line, as one line. */
function joinedLines(text: string): string {
  return text.replace(/\\\n\s*/g, '');
}

/** Messages in the first column of the table "When something is wrong"; what differs each time is `…` there. */
function unknownMessages(text: string): string[] {
  const [, section = ''] = text.split('## When something is wrong');
  const known = files
    .filter((file) => MESSAGE_SOURCES.test(file))
    .map(read)
    .join('\n');
  return [...section.matchAll(/^\| (.*?) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]*)`/g)])
    .flatMap(([, message = '']) => message.split('…'))
    .map((part) => part.replace(/^[\s":,]+|[\s"(),]+$/g, ''))
    .filter((part) => part.includes(' '))
    .filter(
      (part) => !known.includes(part) && !cdktfCommandLine.includes(part) && !FOREIGN_MESSAGES.includes(part),
    )
    .map((part) => `nothing says "${part}"`);
}

const guide = read('docs/deploy.md');

describe('the guides in docs', () => {
  it.each(documents())('%s names files, links, commands and stacks that exist', (document) => {
    expect(problemsOf(document, read(document))).toEqual([]);
  });

  it.each([
    [
      'a file that was moved',
      '`npx tsx infra/aws/src/price/main.ts`',
      'there is no infra/aws/src/price/main.ts',
    ],
    [
      'one of several files',
      '`infra/aws/src/environments/{dev,test}s.ts`',
      'there is no infra/aws/src/environments/{dev,test}s.ts',
    ],
    ['a link to a page', '[x](operate-nothing.md)', 'the link ](operate-nothing.md) leads nowhere'],
    [
      'a link to a heading',
      '[x](costs.md#no-such-heading)',
      'the link ](costs.md#no-such-heading) leads nowhere',
    ],
    [
      'a command of tidegate',
      'node tools/tidegate/start.mjs images fetch dev',
      'tidegate does not know "images fetch <env>"',
    ],
    [
      'an option of tidegate',
      'node tools/tidegate/start.mjs setup dev --forces',
      'tidegate does not know "--forces"',
    ],
    [
      'a command for keys',
      'node tools/tidegate/start.mjs keys extend <id>',
      'tidegate does not know "keys extend"',
    ],
    ['a command of cdktf', 'npx cdktf apply', 'cdktf has no command apply'],
    ['a stack', 'npx cdktf deploy dev-network', 'there is no stack dev-network'],
    [
      'an option of cdktf, in the next line,',
      'npx cdktf deploy dev-storage \\\n  --auto-approved',
      'cdktf has no option --auto-approved',
    ],
    [
      'a message',
      '## When something is wrong\n\n| you see |\n| `stateBucket is missing` |',
      'nothing says "stateBucket is missing"',
    ],
  ])('would be caught naming %s that does not exist', (_, text, problem) => {
    expect(problemsOf('docs/deploy.md', text)).toEqual([`docs/deploy.md: ${problem}`]);
  });

  it('names every variable that the workflows read', () => {
    const read = workflows.flatMap((text) =>
      [...text.matchAll(/\bvars\.([A-Z_]+)/g)].map(([, name]) => name),
    );
    expect(new Set(read).size).toBeGreaterThan(2);
    expect(read.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  });
});
