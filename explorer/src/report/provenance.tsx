import { useTranslation } from 'react-i18next';
import { useLevelName } from '../app/frame-context';
import { Icon } from '../parts/icon';
import { Popover } from '../parts/popover';
import { formatMoment } from '../texts/format';
import type { Origin } from './rows';

interface Props {
  /** What the number is, so that the button has a name. */
  of: string;
  origin: Origin | null | undefined;
  hierarchyId: string | undefined;
}

/** Where a number came from, and of which moment it is: for whoever asks. */
export function Provenance({ of, origin, hierarchyId }: Props) {
  const { t } = useTranslation();
  const levelName = useLevelName(hierarchyId);
  if (!origin) return null;
  const { source, storedLevel, asOf, freshness, hierarchyVersion } = origin;
  const level = storedLevel && (levelName(storedLevel) ?? t(`type.${storedLevel as 'tenant'}`, { defaultValue: storedLevel }));
  return (
    <Popover trigger={<Icon name="info" />} label={t('provenance.of', { of })} className="button origin" align="end">
      <p className="panel-title">{of}</p>
      <dl className="facts">
        <dt>{t('provenance.source')}</dt>
        <dd>
          {t(`provenance.${source}`)}
          {source !== 'STORED' && (
            <span className="muted"> {level ? t('provenance.fromLevel', { level }) : t('provenance.fromClasses')}</span>
          )}
        </dd>
        <dt>{t('provenance.asOf')}</dt>
        <dd>{formatMoment(asOf)}</dd>
        <dt>{t('provenance.freshness')}</dt>
        <dd>
          <span className={`fresh fresh-${freshness}`}>{t(`freshness.${freshness}`)}</span>
        </dd>
        <dt>{t('provenance.version')}</dt>
        <dd>{hierarchyVersion}</dd>
      </dl>
    </Popover>
  );
}
