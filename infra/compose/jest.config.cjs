module.exports = { ...require('../../jest.preset.cjs'), displayName: 'compose', rootDir: __dirname };
