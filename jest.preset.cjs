/** What every project's tests share: TypeScript by swc (with decorator metadata), libs by their public file. */
module.exports = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  moduleNameMapper: { '^@tidegate/([^/]+)$': `${__dirname}/libs/$1/src/index.ts` },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  testTimeout: 30_000,
  reporters: ['default', `${__dirname}/tools/test-run/exit-reporter.cjs`],
};
