import { Injectable } from '@nestjs/common';

/** Whether the process is on its way out: readiness says 503 from the first moment of a stop. */
@Injectable()
export class DrainState {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  begin(): void {
    this.draining = true;
  }
}
