"""Records on the disk: canonical YAML in and out, and the Library of them all."""

from builder.store.files import (
    describe_error,
    dump_records,
    dump_yaml,
    find_line,
    list_files,
    plain,
    read_record,
    read_records,
    read_settings,
    read_yaml,
    relative,
    trim,
    write_bytes,
    write_records,
    write_text,
)
from builder.store.library import (
    BUNDLE_NAMES,
    Library,
    PaperBundle,
    bundle_files,
    load,
    load_library,
    parse_bundle,
    read_bundle,
    read_each,
    read_registry,
    read_terms,
    unite_bundles,
)
from builder.store.transaction import transaction
