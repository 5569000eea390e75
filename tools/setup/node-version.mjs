const MINIMUM = [20, 19];

/**
 * @param {string} version for tests; default: the Node that runs this
 * @throws {Error} whose message is meant for the user as it is
 */
export function ensureNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  throw new Error(
    `This is Node ${version}; Tidegate needs Node >= ${MINIMUM.join('.')}. Install a newer one (for example "nvm install 24") and start again.`,
  );
}
