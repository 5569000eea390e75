/**
 * Knows how many bytes of bodies are in memory until their requests are answered: memory stays bounded however many send at
 * once. Counted is what came, not what was announced, so that a sender who only opens connections takes nobody's place.
 */
export class BodyBudget {
  private held = 0;

  constructor(readonly maxBytes: number) {}

  /**
   * Makes a body that has `own` bytes larger by `bytes`; false when there is no room for them. A body that is larger than
   * all that is allowed still fits when there is no other.
   */
  take(bytes: number, own: number): boolean {
    if (this.held > own && this.held + bytes > this.maxBytes) return false;
    this.held += bytes;
    return true;
  }

  get heldBytes(): number {
    return this.held;
  }

  release(bytes: number): void {
    this.held -= bytes;
  }
}
