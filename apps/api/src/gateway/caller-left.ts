/** The caller closed its connection: there is nobody to answer, and nothing is wrong. */
export class CallerLeft extends Error {
  override readonly name = 'CallerLeft';

  constructor() {
    super('The caller left before its answer was complete');
  }
}
