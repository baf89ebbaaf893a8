-- name: GetBulkItem :one
-- An item that its job may still settle: what is to be done and for whom.
select user_id::text as user_id, kind::text as kind, actor::text as actor
from bulk_item_of_job(@operation_id, @position, @job_id);

-- name: SettleBulkItem :execrows
-- The fence: an item is settled once, by the job that it was queued with.
update bulk_items i set status = @status, code = @code, finished_at = now()
where i.operation_id = @operation_id and i.position = @position and i.job_id = @job_id::bigint and i.status = 'queued';
