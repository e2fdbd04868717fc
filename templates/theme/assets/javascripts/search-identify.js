// Recognises identifiers in a query, as typed, with spaces, or inside an address.

const DOI = /10\.\d{4,9}\/[^\s"<>]+/i;
const SPACED = /(10\.\d{4,9})\s*\/\s*(?=\S)/;
const ADDRESS = /^(?:https?:\/\/)?(?:www\.)?([a-z0-9.-]+\.[a-z]{2,})(\/[^\s]*)$/i;
const PUBMED = /(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov\/pubmed|europepmc\.org\/(?:article|abstract)\/med)\/(\d+)/i;
const PMC = /(PMC\d+)/i;
const OBO = /\/obo\/([A-Za-z]+)_(\w+)/;

// Returns {key, shown} or null. `key` is what the map of identifiers holds (see identifiers.py).
export function identify(query, settings) {
  const text = query.trim();
  if (!text || text.length > 300) return null;
  const doi = DOI.exec(safeDecode(text).replace(SPACED, "$1/"));
  if (doi && /^(?:doi\b|https?:|www\.|[a-z.]*doi\.org|10\.)/i.test(text)) {
    const value = doi[0].replace(/[.,;:)\]]+$/, "").toLowerCase();
    return { key: `doi:${value}`, shown: `DOI ${value}` };
  }
  return fromAddress(text, settings) ?? plain(text, settings);
}

function safeDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromAddress(text, settings) {
  if (!ADDRESS.test(text)) return null;
  const pubmed = PUBMED.exec(text);
  if (pubmed) return { key: `pmid:${pubmed[1]}`, shown: `PMID ${pubmed[1]}` };
  const pmc = PMC.exec(text);
  if (pmc) return { key: `pmcid:${pmc[1].toLowerCase()}`, shown: pmc[1].toUpperCase() };
  const obo = OBO.exec(text);
  if (obo) return curie(obo[1], obo[2]);
  for (const piece of safeDecode(text).split(/[/?#&=]+/).reverse()) {
    const found = plain(piece, settings);
    if (found) return found;
  }
  return null;
}

function curie(prefix, value) {
  return { key: keyOf(prefix, value), shown: `${prefix}:${value}` };
}

// As identifiers.py does: miRBase's two series are one database.
function keyOf(prefix, value) {
  return `${prefix}:${value}`.toLowerCase().replace("mirbase.mature:", "mirbase:");
}

function plain(text, settings) {
  const bare = text.replace(/[\s\u00a0_–—-]+/g, "").replace(/[.,;]+$/, "");
  const low = bare.toLowerCase();
  const register = settings.registers.find((r) => low.startsWith(r));
  if (register && /^:?\d[\dn]*$/.test(low.slice(register.length))) {
    const key = register + low.slice(register.length).replace(":", "");
    return { key, shown: key.toUpperCase() };
  }
  const pmc = /^(?:pmcid:?)?(pmc\d+)$/.exec(low);
  if (pmc) return { key: `pmcid:${pmc[1]}`, shown: pmc[1].toUpperCase() };
  const pmid = /^(?:pmid:?|pubmed:?)(\d+)$/.exec(low) ?? /^(\d{7,9})$/.exec(low);
  if (pmid) return { key: `pmid:${pmid[1]}`, shown: `PMID ${pmid[1]}` };
  if (/^f[0-9a-f]{9}$/.test(low)) return { key: low, shown: low };
  for (const [pattern, prefix] of settings.bare) {
    if (new RegExp(pattern).test(low)) return curie(prefix, bare);
  }
  return prefixed(text.trim(), settings);
}

// "CL:0002540", "CL_0002540", "CL 0002540", "CL0002540", "MeSH D001847", "HGNC:HGNC:12680".
function prefixed(text, settings) {
  const match =
    /^([a-z][a-z0-9.]*)(\s*:\s*|_|\s+)(\S+)$/i.exec(text) ?? /^([a-z]+)()(\d{5,})$/i.exec(text);
  if (!match) return null;
  const prefix = match[1].toLowerCase();
  const value = match[3].replace(new RegExp(`^${prefix.replace(/\W/g, "\\$&")}[:_]`, "i"), "");
  if (!settings.prefixes.includes(prefix) || !/\d/.test(value)) return null;
  // With a space it may be words ("GO 2"): only a long number is sure to be an identifier.
  if (!/[:_]/.test(match[2]) && !/\d{3}/.test(value)) return null;
  return { key: keyOf(prefix, value), shown: `${match[1]}:${value}` };
}
