import { readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from './lint-texts';
import { writtenNow } from './written-document';

const DOCUMENT = path.join(workspaceRoot, 'docs/configuration.md');

describe('docs/configuration.md', () => {
  it('lists the settings as they are: else run `npx tsx --tsconfig tsconfig.base.json tools/workspace-rules/src/write-configuration-document.ts`', async () => {
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(await writtenNow('write-configuration-document.ts'));
  });

  it('has settings of every service, their defaults, and which are secret', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    expect(text).toMatch(/^\| `TIDEGATE_ENVIRONMENT` +\| required +\|/m);
    expect(text).toMatch(/^\| `QUEUE_MAX_WAIT_MS` +\| `100` +\|/m);
    expect(text).toMatch(/^\| `SPOOL_IS_DURABLE` +\| `false` +\|/m);
    expect(text).toMatch(/^\| `API_KEY_PEPPER` .*\*\*Secret\.\*\* +\|$/m);
  });
});
