module.exports = { ...require('../../jest.preset.cjs'), displayName: 'spool', rootDir: __dirname };
