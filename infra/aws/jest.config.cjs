module.exports = { ...require('../../jest.preset.cjs'), displayName: 'aws-infra', rootDir: __dirname };
