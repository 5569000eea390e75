// Image tests need root, buildah, runc, mmdebstrap and some minutes: always on a build server, elsewhere on request.
const withImages = process.env.CI === 'true' || process.env.TIDEGATE_IMAGE_TESTS === 'true';
const isEndToEnd = process.argv.some((argument) => argument.includes('e2e-spec'));
if (isEndToEnd && !withImages)
  console.error(
    'Images are not built and tested here; TIDEGATE_IMAGE_TESTS=true (as root on Debian) does that.',
  );

module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'images',
  rootDir: __dirname,
  testPathIgnorePatterns: withImages ? [] : ['\\.e2e-spec\\.ts$'],
  passWithNoTests: !withImages,
};
