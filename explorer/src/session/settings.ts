/** What this installation offers beside its graph. */
export interface Settings {
  demo: boolean;
  passwordSignIn: boolean;
  /** As 'POST /events'. */
  routes: string[];
}

/** A person of the demo, with a token to be them. */
export interface DemoPerson {
  tenant: { id: string; name: string };
  login: string;
  name: string | null;
  roles: string[];
  grants: { type: string; name: string }[];
  classes: number;
  token: string;
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json() as Promise<T>;
}

export const readSettings = (): Promise<Settings> => read<Settings>('/explorer/settings.json');
export const readDemoPeople = (): Promise<DemoPerson[]> => read<DemoPerson[]>('/demo/people');
