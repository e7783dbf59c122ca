-- What waits is what lies behind the run's position, so freezing a selection need not write an index for it; and the
-- few jobs in which the same error came back are found among very many that went well.
DROP INDEX dead_letter_run_items_outcome_idx;
CREATE INDEX dead_letter_run_items_outcome_idx ON dead_letter_run_items (run_id, outcome, verdict, position)
  WHERE outcome <> 'waiting';
CREATE INDEX dead_letter_run_items_returned_idx ON dead_letter_run_items (run_id, position) WHERE returned;
