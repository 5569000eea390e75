import { hostEnvironment } from './host-environment.config';
import type { Account } from './launch-command';
import { LocalPartError } from './local-part-error';
import { runCommand } from './run-command';

const ACCOUNTS = ['postgres', 'tidegate-postgres'];
const CREATED_ACCOUNT = 'tidegate-postgres';

/**
 * PostgreSQL refuses to run as root: picks an unprivileged account for it then, and makes one when the machine has
 * none. Undefined when we are not root ourselves.
 *
 * @throws LocalPartError `ACCOUNT_MISSING`
 */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const account = (await findAccount()) ?? ((await createAccount()) ? await findAccount() : undefined);
  if (account !== undefined) return account;
  throw new LocalPartError(
    'ACCOUNT_MISSING',
    `PostgreSQL does not run as root, and no account "${CREATED_ACCOUNT}" could be made for it. ` +
      `Make one with "useradd --system ${CREATED_ACCOUNT}", or start Tidegate as an ordinary user.`,
  );
}

/**
 * The account as it must be started to use these paths.
 *
 * @throws LocalPartError `DATA_DIR_UNREACHABLE` when closed folders are in the way and cannot be passed
 */
export async function accountReaching(
  account: Account,
  executable: string,
  folder: string,
): Promise<Account> {
  for (const candidate of [account, { ...account, needsPassage: true }]) {
    const script = 'test -x "$1" && cd "$2"';
    const result = await runCommand('/bin/sh', ['-c', script, 'sh', executable, folder], {
      env: hostEnvironment(),
      cwd: '/',
      account: candidate,
    });
    if (result.exitCode === 0) return candidate;
  }
  throw new LocalPartError(
    'DATA_DIR_UNREACHABLE',
    `PostgreSQL does not run as root, and the account with id ${account.uid} that runs it cannot open ${folder} or ${executable}. ` +
      'Move this folder to where every account may enter (for example /opt), or start Tidegate as the ordinary user who owns it.',
  );
}

async function findAccount(): Promise<Account | undefined> {
  for (const name of ACCOUNTS) {
    const uid = await runCommand('id', ['-u', name], { env: hostEnvironment() });
    const gid = await runCommand('id', ['-g', name], { env: hostEnvironment() });
    if (uid.exitCode === 0 && gid.exitCode === 0) {
      return { uid: Number(uid.stdout), gid: Number(gid.stdout), needsPassage: false };
    }
  }
  return undefined;
}

async function createAccount(): Promise<boolean> {
  const env = hostEnvironment();
  // Debian, Fedora and most others; then busybox (Alpine).
  const useradd = await runCommand(
    'useradd',
    ['--system', '--user-group', '--no-create-home', CREATED_ACCOUNT],
    { env },
  );
  if (useradd.exitCode === 0) return true;
  const adduser = await runCommand('adduser', ['-S', '-D', '-H', CREATED_ACCOUNT], { env });
  return adduser.exitCode === 0;
}
