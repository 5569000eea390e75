import { KNOWN_CAUSES } from './causes';
import type { Cause } from './causes/cause';

const BEGIN =
  '<!-- begin: written by `npx tsx --tsconfig tools/tidegate/tsconfig.json tools/tidegate/src/diagnose/write-causes-document.ts` -->';
const END = '<!-- end -->';

/**
 * `docs/troubleshooting.md` with the part between the marks made anew.
 *
 * @throws Error when the marks are missing
 */
export function withCurrentCauses(document: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`docs/troubleshooting.md has lost its marks ${BEGIN} and ${END}.`);
  const sections = KNOWN_CAUSES.map(causeSection).join('\n\n');
  return `${document.slice(0, begin + BEGIN.length)}\n\n${sections}\n\n${document.slice(end)}`;
}

function causeSection({ id, title, remedy }: Cause): string {
  return [`**${shown(title)}** (\`${id}\`)`, remedy.map((step) => `- ${shown(step)}`).join('\n')].join(
    '\n\n',
  );
}

/** Placeholders as a reader writes them. */
function shown(step: string): string {
  return step
    .replaceAll('{env}', 'dev')
    .replaceAll('{prefix}', 'tidegate-dev')
    .replaceAll('{region}', 'eu-west-2')
    .replaceAll('{service}', 'api')
    .replaceAll('<', '&lt;');
}
