import { useTranslation } from 'react-i18next';
import { formatCount } from '../texts/format';

interface Props {
  total: number;
  /** Rows before this page. */
  before: number;
  shown: number;
  /** The next page's cursor, null on the last one. */
  next: string | null;
  pages: readonly string[];
  onTurn(pages: string[]): void;
}

/** Which rows these are, of how many, and the way to the others. */
export function Paging({ total, before, shown, next, pages, onTurn }: Props) {
  const { t } = useTranslation();
  const range = { from: formatCount(before + 1), to: formatCount(before + shown), total: formatCount(total) };
  return (
    <nav className="paging" aria-label={t('paging.name')}>
      <p role="status">{shown === 0 ? t('paging.none') : t('paging.range', range)}</p>
      {(pages.length > 0 || next) && (
        <p>
          <button type="button" className="button" disabled={pages.length === 0} onClick={() => onTurn(pages.slice(0, -1))}>
            {t('paging.previous')}
          </button>
          <button type="button" className="button" disabled={!next} onClick={() => next && onTurn([...pages, next])}>
            {t('paging.next')}
          </button>
        </p>
      )}
    </nav>
  );
}
