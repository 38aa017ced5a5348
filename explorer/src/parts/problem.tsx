import { useTranslation } from 'react-i18next';
import { codesOf, messageOf } from '../graph/client';
import { Empty, Notice } from './notice';

/** Why a page or section has nothing to show. */
export function Problem({ error, isPage = false }: { error: unknown; isPage?: boolean }) {
  const { t } = useTranslation();
  const codes = codesOf(error);
  if (codes.includes('FORBIDDEN')) {
    return (
      <Empty isPage={isPage} icon="lock" title={t('problem.forbidden')}>
        <p>{messageOf(error)}</p>
        <p>{t('problem.askAdmin')}</p>
      </Empty>
    );
  }
  if (codes.includes('UNAVAILABLE')) {
    return (
      <Empty isPage={isPage} icon="warning" title={t('problem.unavailable')}>
        <p>{t('problem.tryAgain')}</p>
      </Empty>
    );
  }
  return (
    <Empty isPage={isPage} icon="warning" title={t('problem.failed')}>
      <p>{messageOf(error)}</p>
    </Empty>
  );
}

/** What came back from a change that was refused. */
export function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <Notice kind="warning" title={t('problem.refused')} live>
      <p>{messageOf(error)}</p>
    </Notice>
  );
}
