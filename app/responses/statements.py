"""The statements by which an answer is kept. Running them is the actions' business."""

# The one action that is a single statement and leaves no audit event: the row and its history say who and when.
# A response that is no longer a draft yields no row at all, so nothing acknowledged lands after it was sent.
SAVE = """
WITH r AS (
    SELECT id, patient FROM response WHERE id = $1 AND state = 'draft' {row_exists} FOR SHARE
), kept AS (
    INSERT INTO answer AS a (id, patient, response, item, "row", value, version, page_load, answered_by, answered_at)
    SELECT $2, r.patient, r.id, $3, $4, $5::jsonb, 1, $6, $7, $8 FROM r
    ON CONFLICT (response, item, "row") DO UPDATE SET
        value = excluded.value, page_load = excluded.page_load,
        version = a.version + (a.value IS DISTINCT FROM excluded.value)::int,
        answered_by = CASE WHEN a.value IS DISTINCT FROM excluded.value THEN $7 ELSE a.answered_by END,
        answered_at = CASE WHEN a.value IS DISTINCT FROM excluded.value THEN $8 ELSE a.answered_at END
    WHERE a.version = $9 OR a.page_load = $6 OR a.value IS NOT DISTINCT FROM excluded.value
    RETURNING version
)
SELECT version FROM kept
"""
SAVE_SINGLE = SAVE.format(row_exists="")
SAVE_IN_ROW = SAVE.format(
    row_exists="""AND EXISTS (SELECT 1 FROM response_row
                  WHERE response = $1 AND id = $4 AND group_id = $10 AND removed_at IS NULL)"""
)
THEIRS = """
SELECT a.value, a.version, a.answered_by, a.answered_at FROM answer a JOIN response r ON r.id = a.response
WHERE a.response = $1 AND a.item = $2 AND a."row" = $3 AND r.state = 'draft'
  AND (a."row" = '00000000-0000-0000-0000-000000000000' OR EXISTS (
       SELECT 1 FROM response_row w WHERE w.response = a.response AND w.id = a."row" AND w.removed_at IS NULL))
"""
ADD_ROW = "INSERT INTO response_row (id, patient, response, group_id, added_at) VALUES ($1, $2, $3, $4, $5)"
