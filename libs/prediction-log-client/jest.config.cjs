module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'prediction-log-client',
  rootDir: __dirname,
};
