import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorsDocument } from './errors-document';
import { workspaceRoot } from './lint-texts';

describe('docs/errors.md', () => {
  it('lists the codes as they are: else run `npx tsx --tsconfig tsconfig.base.json tools/workspace-rules/src/write-errors-document.ts`', () => {
    expect(readFileSync(path.join(workspaceRoot, 'docs/errors.md'), 'utf8')).toBe(errorsDocument());
  });
});
