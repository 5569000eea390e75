module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'inference',
  rootDir: __dirname,
  // Half a minute is little where a test starts servers on a machine that has other things to do.
  testTimeout: 60_000,
};
