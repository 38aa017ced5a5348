import fs from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { platformTenant } from '../../../../migrations/row-level-security';
import { BadInput } from '../../../shared/bad-input';
import { badInput, forbidden, Problem } from '../../../shared/errors';
import { gauge } from '../../../shared/metrics';
import { json, type SubgraphRoute } from '../../../shared/subgraph/route';
import { importFile, inOwnFolder } from './import-file';
import { TooLarge } from './unzip';

const mostMegabytes = 512;

/** They stand in no line: each is answered when it is done. */
const running = gauge('strata_oneroster_imports_running', 'OneRoster imports that go on in this process.');

const mediaTypes = ['application/zip', 'application/x-zip-compressed', 'application/x-zip', 'application/octet-stream'];

/**
 * POST /oneroster/imports: a OneRoster 1.1 or 1.2 bundle as a zip file, for ORG_ADMIN. Answered when the roster is what
 * the bundle says, with what became of each file's rows (see ImportResult). Nothing is read before the whole body is
 * there, and what cannot be read changes nothing.
 */
export const importsRoute: SubgraphRoute = {
  method: 'POST',
  path: '/oneroster/imports',
  handle: async ({ credentials, headers, body }, { database, identify, now }) => {
    const caller = await identify(credentials);
    if (!caller.tenantWide) throw forbidden('This needs the role ORG_ADMIN.');
    if (caller.tenantId === platformTenant) {
      throw badInput('Please name the tenant to import into with the header Strata-Tenant: the platform has no classes.');
    }
    const mediaType = headers['content-type']?.split(';')[0]!.trim().toLowerCase();
    if (mediaType && !mediaTypes.includes(mediaType)) {
      throw badInput(`A bundle comes as the body itself, a zip file as application/zip, not as ${mediaType}.`);
    }
    const encoding = headers['content-encoding']?.trim().toLowerCase();
    if (encoding && encoding !== 'identity') throw badInput(`A zip file comes as it is, not with Content-Encoding: ${encoding}.`);
    const tenant = { number: caller.tenantId, externalId: caller.tenantExternalId };
    return inOwnFolder(async dir => {
      const file = path.join(dir, 'bundle.zip');
      await receive(body, file);
      running.inc();
      try {
        return json(200, await importFile(database, { file, tenant, now }));
      } catch (error) {
        throw problemOf(error);
      } finally {
        running.dec();
      }
    });
  },
};

async function receive(body: AsyncIterable<Buffer>, file: string): Promise<void> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= mostMegabytes * 1024 * 1024) done(null, chunk);
      else done(new Problem('TOO_LARGE', `A bundle may be ${mostMegabytes} MB at most, zipped.`));
    },
  });
  await pipeline(body, limit, fs.createWriteStream(file));
  if (bytes === 0) throw badInput('A zip file was expected as the body of the request; it is empty.');
}

function problemOf(error: unknown): unknown {
  if (error instanceof TooLarge) return new Problem('TOO_LARGE', sentence(error.message));
  return error instanceof BadInput ? badInput(sentence(error.message)) : error;
}

const sentence = (text: string): string => `The bundle cannot be imported: ${text}.`;
