module.exports = { ...require('../../jest.preset.cjs'), displayName: 'tidegate-cli', rootDir: __dirname };
