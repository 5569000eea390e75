module.exports = { ...require('../../jest.preset.cjs'), displayName: 'api-docs', rootDir: __dirname };
