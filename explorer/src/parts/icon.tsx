const paths = {
  down: 'm5 8 5 5 5-5',
  right: 'm8 5 5 5-5 5',
  up: 'm5 12 5-5 5 5',
  info: 'M10 9v5M10 6v.5M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15',
  calendar: 'M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3M13 3v3',
  filter: 'M3 5h14l-5.5 6.5V16l-3 1.5v-6z',
  download: 'M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13',
  person: 'M10 10.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5M3.5 17c.7-3.4 3.4-5 6.5-5s5.8 1.6 6.5 5',
  tree: 'M4 3v12.5h4M4 8.5h4M8 6.5h8v4H8zM8 13.5h8v4H8z',
  close: 'm5 5 10 10M15 5 5 15',
  check: 'm4 10.5 4 4 8-9',
  warning: 'M10 3 1.8 17h16.4zM10 8v4.5M10 14.5v.5',
  upload: 'M10 13V3.5M6 7.5l4-4 4 4M3.5 16.5h13',
  lock: 'M4.5 9.5h11v8h-11zM7 9.5v-3a3 3 0 0 1 6 0v3',
  table: 'M3 4h14v12H3zM3 8h14M3 12h14M8.5 8v8',
  chart: 'M3 3.5v13h14M6 13l3.5-4 3 2.5L17 6',
} as const;
export type IconName = keyof typeof paths;

/** A drawing beside a text that says the same; never alone. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);

export const Logo = () => (
  <svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path d="M6 10.5 16 5.5l10 5-10 5z" className="logo-top" />
    <path d="m6 16.2 10 5 10-5" className="logo-middle" />
    <path d="m6 21.8 10 5 10-5" className="logo-bottom" />
  </svg>
);
