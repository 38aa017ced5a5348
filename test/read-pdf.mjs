import { readFileSync } from 'node:fs';
import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';

/**
 * Prints the texts of a PDF with their places, page by page, as JSON. A program of its own: what reads PDFs is an ES
 * module that no test's loader has to know.
 */
const data = new Uint8Array(readFileSync(process.argv[2]));
const document = await getDocument({ data, verbosity: VerbosityLevel.ERRORS, useSystemFonts: false }).promise;
const pages = [];
for (let number = 1; number <= document.numPages; number++) {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  pages.push(items.map(({ str, transform, width, dir }) => ({ str, x: transform[4], y: transform[5], width, dir })));
}
const { info } = await document.getMetadata();
process.stdout.write(JSON.stringify({ pages, info }));
