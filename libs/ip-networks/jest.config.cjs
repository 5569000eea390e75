module.exports = { ...require('../../jest.preset.cjs'), displayName: 'ip-networks', rootDir: __dirname };
