import { execFileSync } from 'node:child_process';

/** The account a child runs under when we are root. */
export interface Account {
  uid: number;
  gid: number;
  /**
   * Folders on the way to its files are closed to it (a clone under /root): it gets the one capability that
   * lets it through.
   */
  needsPassage: boolean;
}

export interface LaunchCommand {
  command: string;
  args: string[];
  /** For `spawn`, which changes the account itself. */
  uid?: number;
  gid?: number;
}

let isSetprivPresent: boolean | undefined;

/**
 * Puts `setpriv` (Linux, util-linux) in front of a command for what `spawn` cannot do: the account's passage, and
 * `parentDeathSignal`, which the kernel sends when this process was killed with SIGKILL and can stop nothing any
 * more. Without setpriv such a leftover stays and is found by the next start, as its port or data folder is taken.
 */
export function launchCommand(
  command: string,
  args: readonly string[],
  options: { account?: Account; parentDeathSignal?: NodeJS.Signals } = {},
): LaunchCommand {
  const { account, parentDeathSignal } = options;
  const privileges: string[] = [];
  if (account?.needsPassage === true) {
    privileges.push('--reuid', String(account.uid), '--regid', String(account.gid), '--clear-groups');
    privileges.push('--inh-caps', '+dac_override', '--ambient-caps', '+dac_override');
  }
  if (parentDeathSignal !== undefined && hasSetpriv()) {
    privileges.push('--pdeathsig', parentDeathSignal.replace('SIG', ''));
  }
  const ids = account === undefined || account.needsPassage ? {} : { uid: account.uid, gid: account.gid };
  if (privileges.length === 0) return { command, args: [...args], ...ids };
  return { command: 'setpriv', args: [...privileges, '--', command, ...args], ...ids };
}

function hasSetpriv(): boolean {
  isSetprivPresent ??= canRunSetpriv();
  return isSetprivPresent;
}

function canRunSetpriv(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
