import { hasRoute, type App } from './app-routes';
import { argumentsOf, shellBlocks, type DocumentedCommand } from './documented-commands';

/** What the guides call the addresses of the apps, and where `npm start` has them. */
const BASES: Readonly<Record<string, App>> = {
  $API: 'api',
  $URL: 'api',
  $TIDEGATE_URL: 'api',
  $INFERENCE: 'inference',
  $LOGGING: 'logging',
  'http://127.0.0.1:8080': 'api',
  'http://127.0.0.1:8000': 'inference',
  'http://127.0.0.1:8001': 'logging',
};
const EXPECTED_BASES = `${Object.keys(BASES)
  .filter((base) => base.startsWith('$'))
  .join(', ')} or the port of npm start`;

/** `curl …` of a route that no app has, or with a variable that the page does not set. */
export async function wrongCurlCommands(
  commands: readonly DocumentedCommand[],
  text: string,
): Promise<string[]> {
  const known = variablesOf(text);
  const shown = argumentsOf(commands, ['curl']).filter(({ isMention }) => !isMention);
  const unset = shown
    .flatMap(({ words }) => words.flatMap((word) => [...word.matchAll(/\$\{?([A-Za-z_]\w*)/g)]))
    .map(([, name = '']) => name)
    .filter((name) => !known.has(name))
    .map((name) => `curl uses $${name}, which the page sets nowhere`);
  return [...(await Promise.all(shown.map(({ words }) => wrongAddresses(words)))).flat(), ...unset];
}

async function wrongAddresses(words: readonly string[]): Promise<string[]> {
  const problems = words.map(async (word) => {
    const [, base = '', route = ''] = /^(\$\w+|https?:\/\/[^/]*)(\/[^?#]*)/.exec(word) ?? [];
    if (base === '') return [];
    const app = BASES[base];
    if (app === undefined) return [`curl asks ${base}: expected ${EXPECTED_BASES}`];
    const method = methodOf(words);
    if (await hasRoute(app, method, route)) return [];
    return [`${app === 'api' ? 'the api' : app} has no ${method} ${route}`];
  });
  return (await Promise.all(problems)).flat();
}

function methodOf(words: readonly string[]): string {
  const at = words.findIndex((word) => word === '-X' || word === '--request');
  if (at >= 0) return words[at + 1] ?? '';
  return words.some((word) => /^(-d|--data.*|--json)$/.test(word)) ? 'POST' : 'GET';
}

/** Every variable that a block of the page sets, reads or loops over. */
function variablesOf(text: string): ReadonlySet<string> {
  const patterns = [/(?:^|[\s;(])(\w+)\+?=/g, /\bread (?:-\w+ )*(\w+)/g, /\bfor (\w+) in\b/g];
  const blocks = shellBlocks(text);
  return new Set(
    blocks.flatMap((block) =>
      patterns.flatMap((pattern) => [...block.matchAll(pattern)].map(([, name = '']) => name)),
    ),
  );
}
