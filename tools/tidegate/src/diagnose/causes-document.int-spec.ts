import { readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';
import { KNOWN_CAUSES } from './causes';
import { withCurrentCauses } from './causes-document';

const document = readFileSync(path.join(workspaceRoot, 'docs/troubleshooting.md'), 'utf8');

it('docs/troubleshooting.md has every known cause with its remedy, as the code has it', () => {
  expect(withCurrentCauses(document)).toBe(document);
  for (const { id } of KNOWN_CAUSES) expect(document).toContain(`(\`${id}\`)`);
});

it('leaves no placeholder for the reader to find out', () => {
  expect(document).not.toMatch(/\{(env|service|prefix|region)\}/);
});

it('says so when the marks are gone', () => {
  expect(() => withCurrentCauses('# Troubleshooting')).toThrow('has lost its marks');
});
