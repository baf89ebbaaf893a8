-- name: GetBulkItem :one
-- An item that its job may still settle, with what is to be done and for whom.
select o.kind, o.actor from bulk_items i join bulk_operations o on o.id = i.operation_id
where i.operation_id = @operation_id and i.position = @position and i.job_id = @job_id::bigint
    and i.status = 'queued' and o.status = 'running';

-- name: SettleBulkItem :execrows
-- The fence: an item is settled once, by the job that it was queued with.
update bulk_items i set status = @status, code = @code, finished_at = now()
where i.operation_id = @operation_id and i.position = @position and i.job_id = @job_id::bigint and i.status = 'queued';
