-- name: BoundStatements :exec
-- Bounds how long each statement of this transaction may take.
select set_config('statement_timeout', @statement_timeout::text, true);

-- name: IsLeader :one
-- Whether a client is the one that the queue has elected.
select exists (select from river_leader where leader_id = @client_id and expires_at > now());

-- name: CountQueues :many
-- Jobs that have not ended by queue and state, with the time when the oldest could
-- start. All of it stands in the index that jobs are fetched by; ended jobs are never
-- counted.
select queue, state::text as state, count(*) as jobs,
    greatest(extract(epoch from now() - min(scheduled_at)), 0)::double precision as oldest_seconds
from river_job
where state in ('available', 'running', 'retryable', 'scheduled', 'pending')
group by queue, state;

-- name: EndedJobs :many
-- How many jobs of each queue have ended since then, and how long their last runs took
-- together. It reads them by the index through which old jobs are deleted.
select queue, count(*) as jobs,
    sum(greatest(extract(epoch from finalized_at - attempted_at), 0))::double precision as seconds
from river_job
where state in ('completed', 'discarded', 'cancelled') and finalized_at > now() - make_interval(secs => @seconds)
group by queue;

-- name: WatchDatabase :one
-- The state of the server as far as this role sees it. The age of the oldest transaction
-- is -1 without the privileges of pg_read_all_stats. A transaction that is idle counts,
-- a vacuum does not: it holds back nothing.
select
    (case when pg_has_role(current_user, 'pg_read_all_stats', 'usage') then coalesce((
        select greatest(extract(epoch from now() - min(a.xact_start)), 0) from pg_catalog.pg_stat_activity a
        where a.backend_type = 'client backend' and a.pid <> pg_backend_pid() and a.datname = current_database()), 0)
    else -1 end)::double precision as oldest_transaction_seconds,
    (select coalesce(sum(d.numbackends), 0) from pg_catalog.pg_stat_database d)::bigint as connections,
    (current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint)::bigint as max_connections,
    pg_notification_queue_usage()::double precision as notification_queue_usage,
    (select count(*) from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
        where not i.indisvalid and c.relnamespace = 'public'::regnamespace)::bigint as invalid_indexes,
    (select count(*) from pg_catalog.pg_inherits h join pg_catalog.pg_class c on c.oid = h.inhrelid
        where h.inhparent = 'step_events'::regclass
            and substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''([^'']+)''')::timestamptz > now())::bigint as partitions_left;

-- name: WatchTables :many
-- Dead and live rows, size and last vacuum of tables; a partitioned one has those of its
-- partitions.
select coalesce(p.relname, s.relname)::text as relation,
    sum(s.n_dead_tup)::bigint as dead_rows, sum(s.n_live_tup)::bigint as live_rows,
    sum(pg_total_relation_size(s.relid))::bigint as bytes,
    coalesce(extract(epoch from max(greatest(s.last_vacuum, s.last_autovacuum))), 0)::double precision as vacuumed_at
from pg_catalog.pg_stat_user_tables s
left join pg_catalog.pg_inherits h on h.inhrelid = s.relid
left join pg_catalog.pg_class p on p.oid = h.inhparent
where s.schemaname = 'public' and coalesce(p.relname, s.relname) = any (@tables::text[])
group by 1;
