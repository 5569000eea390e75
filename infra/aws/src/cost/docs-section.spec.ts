import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withCurrentCosts } from './docs-section';

const document = readFileSync(path.resolve(__dirname, '../../../../docs/costs.md'), 'utf8');

describe('docs/costs.md', () => {
  it('has the tables that the code computes: else run `npx tsx infra/aws/src/cost/main.ts docs`', () => {
    expect(document).toBe(withCurrentCosts(document));
  });

  it('would not pass with a figure of yesterday', () => {
    const stale = document.replace(/\*\*\$\d+\.\d\d\*\*/, '**$137.00**');
    expect(stale).not.toBe(document);
    expect(withCurrentCosts(stale)).toBe(document);
  });

  it('says so when its marks are gone', () => {
    expect(() => withCurrentCosts('# Costs')).toThrow(/has lost its marks/);
  });
});
