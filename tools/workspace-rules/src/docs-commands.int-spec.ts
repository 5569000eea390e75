import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { wrongAwsCommands } from './aws-commands';
import { wrongComposeCommands } from './compose-commands';
import { wrongCurlCommands } from './curl-commands';
import { documentedCommands } from './documented-commands';
import { wrongKubectlCommands } from './kubectl-commands';
import { workspaceRoot } from './lint-texts';
import { wrongNxCommands } from './nx-commands';
import { secretsInArguments } from './secrets-in-arguments';
import { refusedTidegateCommands } from './tidegate-commands';
import { workspaceFiles } from './workspace-files';

/** What commands write; it is not in Git. */
const MADE_BY_COMMANDS = [
  /^infra\/aws\/images\.[^/]+\.tfvars\.json$/,
  /^infra\/aws\/outputs\.[^/]+\.json$/,
  /^infra\/aws\/terraform\.[^/]+\.tfstate$/,
  /^infra\/aws\/cdktf\.out(\/|$)/,
];
const CDKTF_COMMANDS = ['deploy', 'destroy', 'diff', 'output', 'synth'];

const files = workspaceFiles();

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

/** Pages outside of docs that show commands. */
const OTHER_DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'tools/tidegate/README.md'].concat(
  ['api', 'inference', 'logging'].map((name) => `apps/${name}/README.md`),
  ['aws', 'compose', 'images', 'kubernetes', 'monitoring', 'setup'].map((name) => `infra/${name}/README.md`),
);

function documents(): string[] {
  return readdirSync(path.join(workspaceRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
}

function read(file: string): string {
  return readFileSync(path.join(workspaceRoot, file), 'utf8');
}

/** Every reference of a document that leads nowhere. */
async function problemsOf(document: string, text: string): Promise<string[]> {
  return [
    ...missingPaths(text),
    ...brokenLinks(document, text),
    ...(await wrongCommands(text)),
    ...unknownMessages(text),
  ].map((problem) => `${document}: ${problem}`);
}

async function wrongCommands(text: string): Promise<string[]> {
  const commands = documentedCommands(text);
  return [
    ...(await refusedTidegateCommands(commands)),
    ...(await wrongAwsCommands(commands)),
    ...wrongNxCommands(commands, files),
    ...wrongKubectlCommands(commands),
    ...wrongComposeCommands(commands),
    ...(await wrongCurlCommands(commands, text)),
    ...secretsInArguments(commands),
    ...unknownCdktfCommands(text),
  ];
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
  it.each(documents())('%s names files, links, commands and stacks that exist', async (document) => {
    expect(await problemsOf(document, read(document))).toEqual([]);
  });

  it('are all in the index, decisions too', () => {
    const index = read('docs/README.md');
    const missing = documents()
      .map((document) => document.slice('docs/'.length))
      .filter((name) => name !== 'README.md' && !index.includes(`](${name})`));
    expect(missing).toEqual([]);
  });

  it.each(OTHER_DOCUMENTS)('%s shows commands that exist', async (document) => {
    expect(await wrongCommands(read(document))).toEqual([]);
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
      '`npx tidegate images fetch dev`',
      /^tidegate refuses "images fetch dev": "images fetch" is no command/,
    ],
    [
      'an option of tidegate',
      '```sh\nnode tools/tidegate/start.mjs setup dev --forces\n```',
      /^tidegate refuses "setup dev --forces": Unknown option '--forces'/,
    ],
    [
      'a command for keys, within another,',
      '```sh\nexport KEY="$(TIDEGATE_API_KEY=$other npx tidegate keys extend <id>)" # soon\n```',
      /^tidegate refuses "keys extend {id}": "keys extend" is no command/,
    ],
    [
      'a command that lacks a word',
      '```sh\nnpx tidegate diagnose dev\n```',
      /^tidegate refuses "diagnose dev": Which service\?/,
    ],
    [
      'an operation of AWS, in the next line,',
      '```sh\nx=$(aws rds \\\n  create-db-copy --name x)\n```',
      'aws rds create-db-copy --name x: rds has no create-db-copy',
    ],
    [
      'an option of AWS, after a pipe,',
      '```sh\necho | xargs -n 1 aws ecs describe-tasks --clusters dev --tasks\n```',
      'aws ecs describe-tasks --clusters dev --tasks: no option --clusters',
    ],
    [
      'too few options of AWS',
      '```sh\naws rds delete-db-instance\n```',
      'aws rds delete-db-instance: --db-instance-identifier is missing',
    ],
    [
      'a state that AWS can be waited for',
      '`aws rds wait db-snapshot-ready`',
      'aws rds wait db-snapshot-ready: rds waits for no db-snapshot-ready',
    ],
    ['a target of nx', '`npx nx bench api`', 'there is no nx bench api'],
    [
      'a part of the cluster',
      '`kubectl -n mlops rollout restart deployment/logging`',
      'infra/kubernetes makes no deployment/logging',
    ],
    [
      'a port of a service',
      '```sh\nkubectl -n mlops port-forward service/api 8080:8081\n```',
      'service/api has no port 8081',
    ],
    [
      'a route of the api',
      '```sh\nAPI=http://x\ncurl -sS "$API/api/health/mlflows?x=1"\n```',
      'the api has no GET /api/health/mlflows',
    ],
    [
      'a method of a route',
      '```sh\ncurl -sS -X POST http://127.0.0.1:8000/ready\n```',
      'inference has no POST /ready',
    ],
    [
      'a service',
      '```sh\ncurl http://127.0.0.1:8123/ready\n```',
      'curl asks http://127.0.0.1:8123: expected $API, $URL, $TIDEGATE_URL, $INFERENCE, $LOGGING or the port of npm start',
    ],
    [
      'a variable',
      '```sh\nAPI=http://x\ncurl "$API/health" -H "authorization: Bearer $TIDEGATE_KEY"\n```',
      'curl uses $TIDEGATE_KEY, which the page sets nowhere',
    ],
    [
      'a file of Compose',
      '```sh\ndocker compose -f docker-compose.test.yml up\n```',
      'infra/compose has no docker-compose.test.yml',
    ],
    [
      'a service of Compose',
      '```sh\ndocker compose logs --since 30m gateway\n```',
      'compose.yaml has no service gateway',
    ],
    [
      'a service of another file of Compose',
      '```sh\ndocker compose run --no-deps health-test\n```',
      'compose.yaml has no service health-test',
    ],
    [
      'a command of Compose',
      '```sh\ndocker compose halt\n```',
      'docker compose halt: expected one of build, config, down, exec, logs, ps, pull, restart, run, start, stop, up',
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
  ])('would be caught naming %s that does not exist', async (_, text, problem) => {
    const found = await problemsOf('docs/deploy.md', text);
    expect(found.map((text) => text.replace('docs/deploy.md: ', ''))).toEqual([
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    ]);
  });

  it.each([
    ['kubectl create secret generic x --from-literal=password=y', '--from-literal=password=y'],
    ['aws secretsmanager put-secret-value --secret-id x --secret-string y', '--secret-string y'],
    ['curl -u ann:secret http://127.0.0.1:8080/health', '-u ann:secret'],
  ])('would be caught putting a secret among the arguments: %s', async (command, argument) => {
    expect(await problemsOf('docs/deploy.md', `\`\`\`sh\n${command}\n\`\`\``)).toEqual([
      `docs/deploy.md: ${argument} is a secret that every process of the machine can read: expected it on standard input or in a file`,
    ]);
  });

  it('names every variable and secret that the workflows read', () => {
    const read = workflows.flatMap((text) =>
      [...text.matchAll(/\b(?:vars|secrets)\.([A-Z_]+)/g)].map(([, name]) => name),
    );
    expect(new Set(read).size).toBeGreaterThan(2);
    expect(read.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  });
});
