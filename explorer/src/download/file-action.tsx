import { useTranslation } from 'react-i18next';
import { codesOf, messageOf } from '../graph/client';
import { RouteRefused } from './read-file';

interface ActionProps {
  text: string;
  /** The file, for those who hear the button alone. */
  of: string;
  disabled?: boolean;
  onClick(): void;
}

export const FileAction = ({ text, of, disabled = false, onClick }: ActionProps) => (
  <button type="button" className="button small" disabled={disabled} onClick={onClick}>
    {text}
    <span className="hidden"> {of}</span>
  </button>
);

/** The service's words; where it gave none, that it does not answer. */
export function Why({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error instanceof RouteRefused) return <p>{error.detail ?? t('problem.tryAgain')}</p>;
  const isSilent = !codesOf(error).some(code => code !== 'UNAVAILABLE');
  return <p>{isSilent ? t('problem.tryAgain') : messageOf(error)}</p>;
}
