-- name: CreateBulkOperation :execrows
-- Nothing if there is one of that id already.
insert into bulk_operations (id, kind, actor, total) values (@id, @kind, @actor, @total) on conflict (id) do nothing;

-- name: CreateBulkItems :exec
insert into bulk_items (operation_id, position, user_id)
select @operation_id::uuid, u.position, u.user_id
from unnest(@user_ids::text[]) with ordinality u (user_id, position);

-- name: ListBulkOperations :many
-- The newest operations, or one, with the counts of their items.
select o.id, o.kind, o.actor, o.status, o.total::bigint as total, o.created_at, o.finished_at,
    c.waiting, c.queued, c.done, c.unchanged, c.missing, c.failed, c.cancelled, (o.total - c.items)::bigint as deleted_since
from bulk_operations o,
    lateral (select count(*) as items,
        count(*) filter (where i.status = 'waiting') as waiting,
        count(*) filter (where i.status = 'queued') as queued,
        count(*) filter (where i.status = 'done') as done,
        count(*) filter (where i.status = 'unchanged') as unchanged,
        count(*) filter (where i.status = 'missing') as missing,
        count(*) filter (where i.status = 'failed') as failed,
        count(*) filter (where i.status = 'cancelled') as cancelled
        from bulk_items i where i.operation_id = o.id) c
where sqlc.narg(id)::uuid is null or o.id = sqlc.narg(id)
order by o.created_at desc, o.id desc
limit @max_rows;

-- name: ListBulkItems :many
-- The items of an operation after a position, those of one status if it is named.
select position, user_id, status, code, finished_at from bulk_items
where operation_id = @operation_id and position > @after_position and (@status::text = '' or status = @status)
order by position
limit @max_rows;

-- name: CancelBulkOperation :exec
-- Ends an operation and what of it has not been done; nothing if it has ended.
with o as (
    update bulk_operations set status = 'cancelled', finished_at = now()
    where bulk_operations.id = @id and status = 'running'
    returning id
)
update bulk_items i set status = 'cancelled', finished_at = now()
from o where i.operation_id = o.id and i.status in ('waiting', 'queued');

-- name: HasBulkOperations :one
select exists (select from bulk_operations where status = 'running');

-- name: TakeFeederLock :one
-- One feeder at a time, until its transaction ends.
select pg_try_advisory_xact_lock(7313081962);

-- name: WaitForFeederLock :exec
select pg_advisory_xact_lock(7313081962);

-- name: ReturnBulkItems :exec
-- Items whose job has ended without them wait again: its worker was lost, or an
-- operator cancelled it.
update bulk_items i set status = 'waiting', job_id = null
from bulk_operations o
where o.id = i.operation_id and o.status = 'running' and i.status = 'queued'
    and not exists (
        select from river_job j where j.id = i.job_id and j.state in ('available', 'scheduled', 'retryable', 'running'));

-- name: CountBulkQueue :one
-- How many jobs of the bulk queue have not ended, as far as it matters.
select count(*) from (
    select from river_job
    where queue = 'bulk' and state in ('available', 'scheduled', 'retryable', 'running')
    limit @max_rows) q;

-- name: NextBulkItems :many
-- The items that are queued next: round-robin over the operations, those with fewer
-- items in the queue first, whatever their sizes.
select i.operation_id, i.position
from bulk_operations o,
    lateral (select count(*) as queued from bulk_items b where b.operation_id = o.id and b.status = 'queued') q,
    lateral (
        select w.operation_id, w.position, row_number() over (order by w.position) + q.queued as turn
        from (
            select b.operation_id, b.position from bulk_items b
            where b.operation_id = o.id and b.status = 'waiting'
            order by b.position
            limit @max_rows) w
    ) i
where o.status = 'running'
order by i.turn, o.created_at, o.id
limit @max_rows;

-- name: QueueBulkItems :exec
update bulk_items i set status = 'queued', job_id = q.job_id
from (select unnest(@operation_ids::uuid[]) as operation_id, unnest(@positions::int[]) as position,
    unnest(@job_ids::bigint[]) as job_id) q
where i.operation_id = q.operation_id and i.position = q.position and i.status = 'waiting';

-- name: CompleteBulkOperations :exec
update bulk_operations o set status = 'completed', finished_at = now()
where status = 'running' and not exists (
    select from bulk_items i where i.operation_id = o.id and i.status in ('waiting', 'queued'));

-- name: DeleteOldBulkOperations :execrows
-- One at a time: each may have 100,000 items.
delete from bulk_operations where id = (
    select o.id from bulk_operations o where o.finished_at < now() - make_interval(days => @days) order by o.finished_at limit 1);
