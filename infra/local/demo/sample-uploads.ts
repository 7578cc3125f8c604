/** Documents under names that people really use. */
export const documents: readonly string[] = [
  'invoices/2026/offer (final) v2.pdf',
  'Résumé Zoë Müller.pdf',
  '報告書/第3四半期 – 売上.txt',
  'mail/Re: question + answer @ noon.eml',
  '.github/workflows/release.yml',
  'photos/100% cotton & wool [1].jpg',
];

/** Files that arrive at one moment. */
export const burst: readonly string[] = Array.from(
  { length: 20 },
  (_, index) => `batch/scan-${String(index + 1).padStart(2, '0')}.txt`,
);

/** One key, written five times within one second: five versions, five rows. */
export const rewritten = { key: 'drafts/plan.md', versions: 5 } as const;

/** Keys that some reader further on would take for another path, or for another name. */
export const hostileKeys: readonly string[] = [
  '../../etc/passwd',
  'invoices/%252e%252e%252fetc/passwd',
  'invoices/%c0%ae%c0%ae/etc/shadow',
  '....//....//etc/shadow',
  '..\\..\\windows\\win.ini',
  'C:\\boot.ini',
  '/etc/cron.d/job',
  'report.pdf\u0000.exe',
  'invoice\u202Efdp.exe',
  'invoices//offer.pdf',
];
