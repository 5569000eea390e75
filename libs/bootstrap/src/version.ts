import rootPackage from '../../../package.json';

/** The version of Tidegate this process was built from. */
export const TIDEGATE_VERSION: string = rootPackage.version;
