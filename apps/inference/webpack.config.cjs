module.exports = require('../../webpack.service.cjs')(__dirname, {
  'engine-worker': 'src/engine/engine-worker.ts',
});
