// Recognises identifiers in a query, as typed, with spaces, or inside an address.

const DOI = /10\.\d{4,9}\/[^\s"<>]+/i;
const SPACED = /(10\.\d{4,9})\s*\/\s*(?=\S)/;
const ADDRESS = /^(?:https?:\/\/)?(?:www\.)?([a-z0-9.-]+\.[a-z]{2,})(\/[^\s]*)$/i;
const PUBMED = /(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov\/pubmed|europepmc\.org\/(?:article|abstract)\/med)\/(\d+)/i;
const OBO = /\/obo\/([A-Za-z]+)_(\w+)/;

// Returns {key, shown} or null. `key` is what the list of identifiers holds (see normalise.py).
export function identify(query, settings) {
  const text = decode(query.trim());
  const doi = DOI.exec(text.replace(SPACED, "$1/"));
  if (doi && /^(?:doi\b|https?:|www\.|[a-z.]*doi\.org|10\.)/i.test(text)) {
    return curie("DOI", doi[0].replace(/[.,;:)\]]+$/, "").toLowerCase(), " ");
  }
  if (!ADDRESS.test(text)) return plain(text, settings);
  const [pubmed, obo] = [PUBMED.exec(text), OBO.exec(text)];
  if (pubmed) return curie("PMID", pubmed[1], " ");
  if (obo) return curie(obo[1], obo[2]);
  const pieces = text.split(/[/?#&=]+/).reverse().map((piece) => plain(piece, settings));
  return pieces.find(Boolean) ?? plain(text, settings);
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// As normalise.py has it: miRBase's two series are one database.
function curie(prefix, value, joint = ":") {
  return { key: `${prefix}:${value}`.toLowerCase().replace("mirbase.mature:", "mirbase:"), shown: `${prefix}${joint}${value}` };
}

function plain(text, { registers, bare: databases, prefixes }) {
  const bare = text.replace(/[\s\u00a0_–—-]+/g, "").replace(/[.,;]+$/, "");
  const low = bare.toLowerCase();
  const register = registers.find((start) => low.startsWith(start));
  if (register && /^:?\d[\dn]*$/.test(low.slice(register.length))) {
    const key = low.replace(":", "");
    return { key, shown: key.toUpperCase() };
  }
  const pmc = /^(?:pmcid:?)?(pmc\d+)$/.exec(low);
  if (pmc) return { key: `pmcid:${pmc[1]}`, shown: pmc[1].toUpperCase() };
  const pmid = /^(?:pmid:?|pubmed:?)(\d+)$/.exec(low) ?? /^(\d{7,9})$/.exec(low);
  if (pmid) return curie("PMID", pmid[1], " ");
  if (/^f[0-9a-f]{9}$/.test(low)) return { key: low, shown: low };
  for (const [pattern, prefix] of databases) if (new RegExp(pattern).test(low)) return curie(prefix, bare);
  // "CL:0002540", "CL_0002540", "CL 0002540", "CL0002540", "MeSH D001847", "HGNC:HGNC:12680".
  const match = /^([a-z][a-z0-9.]*)(\s*:\s*|_|\s+)(\S+)$/i.exec(text) ?? /^([a-z]+)()(\d{5,})$/i.exec(text);
  if (!match || !prefixes.includes(match[1].toLowerCase())) return null;
  const value = match[3].replace(new RegExp(`^${match[1].replace(/\W/g, "\\$&")}[:_]`, "i"), "");
  // With a space it may be words ("GO 2"): only a long number is sure to be an identifier.
  return (/[:_]/.test(match[2]) ? /\d/ : /\d{3}/).test(value) ? curie(match[1], value) : null;
}
