module.exports = { ...require('../../jest.preset.cjs'), displayName: 'setup', rootDir: __dirname };
