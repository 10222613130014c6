/** The findings of a document that its project and its reader want to hear; the reader has the last word. */
import type { Finding } from '../../core';
import type { Snapshot } from '../analysis/snapshot';
import { ruleSettings } from '../settings';

export interface HeardFindings {
  readonly findings: readonly Finding[];
  /** Whether one is drawn into the code; the others wait in the lightbulb. */
  readonly isDrawn: (finding: Finding) => boolean;
}

export function heardFindings({ analysis, findings, projectRules, part }: Snapshot): HeardFindings {
  if (!analysis) return { findings: [], isDrawn: () => false };
  const { RuleView, readRuleLayer, SILENT } = analysis.core;
  const own = readRuleLayer(ruleSettings(part.document)).layer;
  const view = new RuleView([projectRules ?? SILENT, own]);
  return { findings: view.of(findings), isDrawn: (finding) => view.isShown(finding) };
}
