import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import { boundaryConstraints } from './tools/workspace-rules/boundaries.mjs';

const environmentAccess = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Read the environment only in a *.config.ts file and pass typed values on.',
};
const wideConstructor = {
  selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>6]",
  message: 'A constructor takes at most 6 parameters: split the class by use case.',
};

/** Not `*spec.ts`: a file may be called model-spec.ts. */
const SPECS = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts'];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '.nx', '.tidegate', 'test-results', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: true,
          allow: ['../../../package.json'],
          depConstraints: boundaryConstraints,
        },
      ],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', environmentAccess, wideConstructor],
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignoreConditionalTests: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
    },
  },
  {
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', wideConstructor] },
  },
  {
    files: ['tools/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: [...SPECS, '**/test/**', 'libs/testing/**', 'libs/local-parts/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['@tidegate/testing', '@tidegate/local-parts'].map((name) => ({
            name,
            message: 'For tests and tools only.',
          })),
        },
      ],
    },
  },
  {
    files: [...SPECS, '**/test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  prettier,
);
