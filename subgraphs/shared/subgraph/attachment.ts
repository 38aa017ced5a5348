/** RFC 5987: what a header's value may hold of a name that is not plain ASCII. */
const encoded = (name: string): string =>
  encodeURIComponent(name.replace(/\p{Cs}/gu, '?')).replace(/['()*]/g, sign => `%${sign.charCodeAt(0).toString(16)}`);

/** Content-Disposition of a file that is to be kept under `name`; `plain` stands for it where that is not understood. */
export const attachment = (name: string, plain: string): string =>
  `attachment; filename="${plain}"; filename*=UTF-8''${encoded(name)}`;
