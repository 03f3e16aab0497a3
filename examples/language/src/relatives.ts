// Languages that are mistaken for each other, by family: what the confusion matrix shows.
export const relatives = [
  ...["dan", "nob", "nno", "swe", "fao", "isl"], // North Germanic
  ...["ces", "slk", "slv", "hrv"], // Slavic, in Latin letters
  ...["bos", "srp", "mkd", "bul"], // South Slavic, in Cyrillic letters
  ...["rus", "ukr", "bel"], // East Slavic
  ...["spa", "glg", "por", "cat", "oci"], // Ibero-Romance and its neighbours
  ...["ita", "cos", "src"], // Italo-Romance
] as const;
