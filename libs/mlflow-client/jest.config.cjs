module.exports = { ...require('../../jest.preset.cjs'), displayName: 'mlflow-client', rootDir: __dirname };
