import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DrainState } from './drain-state';

/** Drain state and Terminus for the whole service. Terminus stays quiet: the probe monitor logs changes. */
@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [DrainState],
  exports: [DrainState, TerminusModule],
})
export class HealthCoreModule {}
