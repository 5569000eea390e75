const { existsSync } = require('node:fs');
const path = require('node:path');

// Real Prometheus and Alertmanager: always there on a build server (.ci/run), elsewhere perhaps.
const folders = (process.env.PATH ?? '').split(path.delimiter);
const missing = ['prometheus', 'promtool', 'prometheus-alertmanager', 'amtool'].filter(
  (program) => !folders.some((folder) => existsSync(path.join(folder, program))),
);
const canRun = missing.length === 0 || process.env.CI === 'true';
const isUnitTest = !process.argv.some((argument) => /(int|e2e)-spec/.test(argument));
if (!canRun && !isUnitTest)
  console.error(
    `Rules and dashboards are not tested here: ${missing.join(', ')} not found (Debian: prometheus, prometheus-alertmanager).`,
  );

module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'monitoring',
  rootDir: __dirname,
  testPathIgnorePatterns: canRun ? [] : ['\\.(int|e2e)-spec\\.ts$'],
  passWithNoTests: !canRun,
};
