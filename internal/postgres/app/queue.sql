-- What a user's transaction does to the queue, by functions that run as the owner of its tables.

-- name: QueueJob :one
-- Queues a job and leaves its id to the transaction, for the statement Submit.
select queue_job(@kind::text, @queue::text, @args::jsonb, @metadata::jsonb, @max_attempts::int, @held::boolean, @wakes::boolean)::bigint as id;

-- name: ReleaseHeld :exec
-- Makes held work of a session available, as far as its share of network work goes.
select release_held(@session_id::uuid, @share::int, @messages::jsonb);

-- name: CompleteJobs :execrows
-- Ends running jobs whose runs are still those that began them.
select complete_jobs(@ids::bigint[], @attempted_ats::timestamptz[]);

-- name: CompleteAllJobs :exec
-- CompleteJobs that fails, by a division by zero, unless it ends all: the commit may follow in the same round trip.
select 1 / (count(*) = cardinality(@ids::bigint[]))::int from complete_jobs(@ids::bigint[], @attempted_ats::timestamptz[]);

-- name: RetireJob :execrows
-- Ends a lost job, unless River or its worker moved it meanwhile.
select retire_job(@id::bigint, @attempt::int, @attempted_at::timestamptz, @reason::text);

-- name: ForgetOwnJobs :exec
-- Deletes the jobs of the user's submissions, but those that are running.
select forget_own_jobs();

-- name: ForgetOwnBulkItems :exec
-- Deletes what operations did to the user, but for deletions.
select forget_own_bulk_items();
