import { useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../parts/icon';

interface Props {
  label: string;
  accept: string;
  /** 0 to 1 while it is sent; null before and after. */
  progress: number | null;
  onSend(file: File): void;
}

export function FileForm({ label, accept, progress, onSend }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) onSend(file);
  };
  return (
    <form className="file-form" onSubmit={submit}>
      <p className="field">
        <label htmlFor={id}>{label}</label>
        <input id={id} type="file" accept={accept} onChange={event => setFile(event.currentTarget.files?.[0] ?? null)} />
      </p>
      <button className="button primary" disabled={!file || progress !== null}>
        <Icon name="upload" />
        {t('data.send')}
      </button>
      {progress !== null && (
        <label className="field sending">
          <span>{progress < 1 ? t('data.sending') : t('data.working')}</span>
          <progress {...(progress < 1 ? { value: progress, max: 1 } : {})} />
        </label>
      )}
    </form>
  );
}
