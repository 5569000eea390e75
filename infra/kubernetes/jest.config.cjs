module.exports = { ...require('../../jest.preset.cjs'), displayName: 'kubernetes', rootDir: __dirname };
