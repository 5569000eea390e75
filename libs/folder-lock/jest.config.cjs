module.exports = { ...require('../../jest.preset.cjs'), displayName: 'folder-lock', rootDir: __dirname };
