/** An expected failure of the local stack; the message is for the person at the terminal and is printed as it is. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
