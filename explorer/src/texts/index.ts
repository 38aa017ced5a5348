import { createInstance, type TFunction } from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';

/** Every text stands in a catalogue; another language is another file here, and its line in `resources`. */
export const texts = createInstance();
void texts.use(initReactI18next).init({
  resources: { en: { translation: en } },
  lng: navigator.language,
  fallbackLng: 'en',
  initAsync: false,
  interpolation: { escapeValue: false }, // React escapes
});
// Until a catalogue of the browser's language is there, the pages are in English and say so to screen readers.
document.documentElement.lang = texts.resolvedLanguage ?? 'en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

export type Translate = TFunction<'translation', undefined>;
export const t: Translate = texts.t;
