import { accountChanges } from './rule-packs/account-changes.ts';
import { cisAwsFoundations } from './rule-packs/cis-aws-foundations.ts';
import { sallyportPipeline } from './rule-packs/sallyport-pipeline.ts';
import type { TrailRulesFile } from './trail-rules-file.ts';

/** The packs that ship with the library, by name. */
export const trailRulePacks: Readonly<Record<string, TrailRulesFile>> = {
  'account-changes': accountChanges,
  'cis-aws-foundations': cisAwsFoundations,
  'sallyport-pipeline': sallyportPipeline,
};

/** The pack that stands where no rules are named. */
export const defaultTrailRulePack = 'account-changes';
