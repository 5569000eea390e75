module.exports = { ...require('../../jest.preset.cjs'), displayName: 'local-parts', rootDir: __dirname };
