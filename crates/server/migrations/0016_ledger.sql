-- For the entries of one source. On a large database make this index by hand first, with CONCURRENTLY and this name.
CREATE INDEX IF NOT EXISTS ledger_entry_of_source ON ledger_entry (source_kind, source);
