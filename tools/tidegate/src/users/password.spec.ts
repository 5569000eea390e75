import { CommandError } from '../command-error';
import { givenPassword, hashOf, newPassword } from './password';

const zeros = (size: number): Buffer => Buffer.alloc(size);

describe('passwords of users', () => {
  it('are long, of 192 random bits', () => {
    expect(newPassword(zeros)).toBe('A'.repeat(32));
  });

  it('are hashed as werkzeug does', async () => {
    // python -c "import hashlib; print(hashlib.scrypt(b'pässword-12345', salt=b'0'*16, n=32768, r=8, p=1, maxmem=2**26).hex())"
    expect(await hashOf('pässword-12345', zeros)).toBe(
      'scrypt:32768:8:1$0000000000000000$743ec5eacd0b3b2b7b87b9abef23447514fb2d9dfa69174d06ef33c70a928279f2f00b6ef9018bfa27c8f1a9f8c339e58e3b59dc916f72a29e60cd212c9256dd',
    );
  });

  it('may come as one line', () => {
    expect(givenPassword('pass word 12\n')).toBe('pass word 12');
    expect(givenPassword('pass word 12 \r\n')).toBe('pass word 12 ');
    expect(givenPassword('pass word 12')).toBe('pass word 12');
  });

  it.each([
    ['', 'has 0 characters: MLflow expects 12 or more'],
    ['elevenchars\n', 'has 11 characters'],
    ['ann\na long password\n', 'expected one line without control characters'],
  ])('refuses %j without repeating it', (input, message) => {
    const given = (): unknown => givenPassword(input);
    expect(given).toThrow(CommandError);
    expect(given).toThrow(message);
    if (input !== '') expect(given).not.toThrow(input.trim());
  });
});
