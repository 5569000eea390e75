const path = require('node:path');

/**
 * Bundles one service: our own code and libs into `dist/apps/<name>/main.js`; packages stay in node_modules.
 * `workers` are programs of worker threads, by name: `<name>.js` beside it. swc keeps the decorator metadata that Nest's injection reads.
 */
module.exports = (projectDir, workers = {}) => ({
  mode: 'none',
  target: 'node20',
  devtool: 'source-map',
  entry: {
    main: path.join(projectDir, 'src/main.ts'),
    ...Object.fromEntries(Object.entries(workers).map(([name, file]) => [name, path.join(projectDir, file)])),
  },
  output: {
    path: path.join(__dirname, 'dist', path.relative(__dirname, projectDir)),
    filename: '[name].js',
    library: { type: 'commonjs2' },
    clean: true,
  },
  resolve: {
    extensions: ['.ts', '.js'],
    alias: Object.fromEntries(
      require('node:fs')
        .readdirSync(path.join(__dirname, 'libs'))
        .map((lib) => [`@tidegate/${lib}`, path.join(__dirname, 'libs', lib, 'src/index.ts')]),
    ),
  },
  externalsPresets: { node: true },
  // A bundle finds what lies beside it.
  node: { __dirname: false },
  externals: [
    ({ request }, done) =>
      /^(\.|\/|@tidegate\/)/.test(request) ? done() : done(null, `commonjs ${request}`),
  ],
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'swc-loader',
        options: {
          jsc: {
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true },
            target: 'es2022',
            keepClassNames: true,
          },
        },
      },
    ],
  },
  performance: { hints: false },
  stats: 'errors-warnings',
});
