module.exports = require('../../webpack.service.cjs')(__dirname);
