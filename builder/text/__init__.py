"""Text of the field: spelling, genes, nomenclature, dates and identifiers."""
