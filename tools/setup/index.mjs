// What has to be true before any npm package can be used. Node builtins only.
export { ensureNodeVersion } from './node-version.mjs';
export { ensurePackages } from './packages.mjs';
