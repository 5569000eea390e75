import { lintTexts } from './lint-texts';

const BOUNDARIES = '@nx/enforce-module-boundaries';

const forbidden: [what: string, file: string, source: string, rule: string][] = [
  [
    'a core lib that imports Nest',
    'libs/dns/src/index.ts',
    "export { Module } from '@nestjs/common';",
    BOUNDARIES,
  ],
  [
    'a core lib that imports a platform lib',
    'libs/dns/src/index.ts',
    "export { runMain } from '@tidegate/bootstrap';",
    BOUNDARIES,
  ],
  [
    "an app that reaches into another lib's files",
    'apps/api/src/main.ts',
    "export { toBase62 } from '../../../libs/api-keys/src/base62';",
    BOUNDARIES,
  ],
  [
    'an app that imports another app',
    'apps/api/src/main.ts',
    "export { AppModule } from '../../inference/src/app.module';",
    BOUNDARIES,
  ],
  [
    'production code that imports test fixtures',
    'apps/api/src/main.ts',
    "export { FakeClock } from '@tidegate/testing';",
    'no-restricted-imports',
  ],
  [
    'the environment read outside *.config.ts',
    'apps/api/src/main.ts',
    "export const home = process.env['HOME'];",
    'no-restricted-syntax',
  ],
  [
    'a constructor with seven parameters',
    'apps/api/src/main.ts',
    'export class A { constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1) { void [a, b, c, d, e, f, g]; } }',
    'no-restricted-syntax',
  ],
  [
    'a floating promise',
    'apps/api/src/main.ts',
    'Promise.resolve(1);',
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'a switch that forgets a case',
    'apps/api/src/main.ts',
    "export function f(x: 'a' | 'b'): void { switch (x) { case 'a': } }",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  [
    'a default by ||',
    'apps/api/src/main.ts',
    'export const f = (x: string | null): string => x || "a";',
    '@typescript-eslint/prefer-nullish-coalescing',
  ],
  [
    'a file of more than 400 lines',
    'apps/api/src/main.ts',
    'export const a = 1;\n'.repeat(1) + '// x\n'.repeat(401),
    'max-lines',
  ],
];
const allowed = `import { systemClock } from '@tidegate/clock';

export const nowMs = (): number => systemClock.nowMs();
`;

describe('the rules of the workspace report what they forbid', () => {
  let findings: string[][];

  beforeAll(async () => {
    findings = await lintTexts([
      ...forbidden.map(([, file, source]) => ({ file, source })),
      { file: 'apps/api/src/main.ts', source: allowed },
    ]);
  }, 240_000);

  it.each(forbidden.map(([what, , , rule], index) => [what, rule, index] as const))(
    '%s: %s',
    (_what, rule, index) => {
      expect(findings[index]).toContainEqual(expect.stringContaining(`${rule}: `));
    },
  );

  it('says nothing about what is allowed', () => {
    expect(findings.at(-1)).toEqual([]);
  });
});
