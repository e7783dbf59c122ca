-- New terms wait in a short list and go into the index together, which costs an enqueue far less than each by itself.
-- A look-up reads that list first, so it stays as short as it can be.
ALTER INDEX job_terms_idx SET (fastupdate = on, gin_pending_list_limit = 64);
