/** An expected failure; the message is for the person at the terminal and is printed as it is. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
