import { useState } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
const key = 'strata-theme';

const stored = (): Theme => themes.find(theme => theme === localStorage.getItem(key)) ?? 'system';

function apply(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(key);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(key, theme);
    document.documentElement.dataset.theme = theme;
  }
}

/** Light or dark as it was chosen, else as the system has it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored);
  return [
    theme,
    next => {
      apply(next);
      setTheme(next);
    },
  ];
}
