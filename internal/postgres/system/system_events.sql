-- name: MeetReceiver :exec
-- Notes that a worker has a receiver in its settings.
insert into webhook_receivers (name, kinds) values (@name, @kinds)
on conflict (name) do update set kinds = excluded.kinds, seen_at = now();

-- name: ForgetReceiver :execrows
-- Nothing is told to it any more.
delete from webhook_receivers where name = @name;

-- name: ForgetUnseenReceivers :execrows
-- No worker has had them in its settings for that many days.
delete from webhook_receivers where seen_at < now() - make_interval(days => @days);

-- name: TakeDispatchLock :one
-- One dispatches at a time, until its transaction ends.
select pg_try_advisory_xact_lock(7313081964);

-- name: DispatchEvents :one
-- Hands the next events to the receivers of their kinds. Those of a user are committed in the order of their ids.
with taken as (
    select e.id, e.user_id, e.kind from outbox_events e where not e.dispatched order by e.id limit @max_rows
), marked as (
    update outbox_events e set dispatched = true from taken where e.id = taken.id
), laned as (
    insert into webhook_lanes as l (receiver, user_id, after_id, through_id)
    select r.name, t.user_id, min(t.id) - 1, max(t.id) from taken t join webhook_receivers r on t.kind = any (r.kinds)
    group by r.name, t.user_id
    on conflict (receiver, user_id) do update set through_id = greatest(l.through_id, excluded.through_id)
)
select count(*) from taken;

-- name: ClaimLanes :many
-- Takes lanes whose time has come, with the next event of each: id 0 if it was deleted since.
with due as (
    select l.receiver, l.user_id, l.after_id, l.through_id from webhook_lanes l
    where l.receiver = @receiver and l.next_at <= now() order by l.next_at limit @max_rows for update skip locked
)
update webhook_lanes l set claim = l.claim + 1, next_at = now() + make_interval(secs => @lease_seconds)
from due d
left join lateral (
    select o.* from outbox_events o join webhook_receivers r on r.name = d.receiver
    where o.user_id = d.user_id and o.id > d.after_id and o.id <= d.through_id and o.kind = any (r.kinds) order by o.id limit 1
) e on true
where l.receiver = d.receiver and l.user_id = d.user_id
returning l.user_id, l.claim, l.attempts, l.through_id, coalesce(e.id, 0)::bigint as id, coalesce(e.at, now())::timestamptz as at,
    coalesce(e.kind, '')::text as kind, coalesce(e.session_id, '00000000-0000-0000-0000-000000000000')::uuid as session_id,
    coalesce(e.version, 0)::bigint as version, e.step, e.submission_id, e.revision;

-- name: AdvanceLane :many
-- Goes on behind an event, and returns the next; no row if another has the lane.
with moved as (
    update webhook_lanes l set after_id = @event_id, attempts = 0, next_at = now() + make_interval(secs => @lease_seconds)
    where l.receiver = @receiver and l.user_id = @user_id and l.claim = @claim
    returning l.receiver, l.user_id, l.claim, l.attempts, l.after_id, l.through_id
)
select m.user_id, m.claim, m.attempts, m.through_id, coalesce(e.id, 0)::bigint as id, coalesce(e.at, now())::timestamptz as at,
    coalesce(e.kind, '')::text as kind, coalesce(e.session_id, '00000000-0000-0000-0000-000000000000')::uuid as session_id,
    coalesce(e.version, 0)::bigint as version, e.step, e.submission_id, e.revision
from moved m
left join lateral (
    select o.* from outbox_events o join webhook_receivers r on r.name = m.receiver
    where o.user_id = m.user_id and o.id > m.after_id and o.id <= m.through_id and o.kind = any (r.kinds) order by o.id limit 1
) e on true;

-- name: DelayLane :exec
-- Puts a lane off whose event was not taken.
update webhook_lanes set attempts = attempts + 1, next_at = now() + make_interval(secs => @delay_seconds)
where receiver = @receiver and user_id = @user_id and claim = @claim;

-- name: ReleaseLane :exec
-- Lets another go on with a lane.
update webhook_lanes set next_at = now() where receiver = @receiver and user_id = @user_id and claim = @claim;

-- name: EndLane :execrows
-- Removes a lane in which nothing is left, unless more has been dispatched since.
delete from webhook_lanes where receiver = @receiver and user_id = @user_id and claim = @claim and through_id = @through_id;

-- name: LogAttempt :exec
insert into webhook_attempts (receiver, event_id, outcome, status, reason, took_ms)
values (@receiver, @event_id, @outcome, sqlc.narg(status), @reason, @took_ms);

-- name: WatchReceivers :many
-- Of each receiver how many events it has not taken, counted up to a bound, and the age of the oldest.
select r.name,
    (select count(*) from (
        select from webhook_lanes l join outbox_events o
            on o.user_id = l.user_id and o.id > l.after_id and o.id <= l.through_id and o.kind = any (r.kinds)
        where l.receiver = r.name limit @most) pending)::bigint as pending,
    coalesce((select greatest(extract(epoch from now() - o.at), 0)
        from (select * from webhook_lanes w where w.receiver = r.name order by w.after_id limit 1) l
        join lateral (select e.at from outbox_events e
            where e.user_id = l.user_id and e.id > l.after_id and e.id <= l.through_id and e.kind = any (r.kinds)
            order by e.id limit 1) o on true), 0)::double precision as oldest_seconds
from webhook_receivers r order by r.name;

-- name: ListReceivers :many
-- What commands show of the receivers.
select r.name, r.kinds, r.seen_at,
    (select count(*) from webhook_lanes l where l.receiver = r.name)::bigint as users_waiting,
    coalesce((select max(a.at) from webhook_attempts a where a.receiver = r.name and a.outcome = 'delivered'), 'epoch')::timestamptz as delivered_at,
    (select count(distinct p.event_id) from webhook_attempts p join outbox_events e on e.id = p.event_id
        where p.receiver = r.name and p.outcome = 'parked' and not exists (select from webhook_attempts d
            where d.event_id = p.event_id and d.receiver = p.receiver and d.outcome = 'delivered' and d.id > p.id))::bigint as parked
from webhook_receivers r order by r.name;

-- name: ListAttempts :many
-- The newest attempts at a receiver, with the event of each as far as it is still there.
select a.id, a.at, a.event_id, coalesce(e.kind, '-')::text as kind, coalesce(e.user_id, '-')::text as user_id, a.outcome, a.status, a.reason, a.took_ms
from webhook_attempts a left join outbox_events e on e.id = a.event_id
where a.receiver = @receiver and (not @failed::boolean or a.outcome <> 'delivered')
order by a.id desc limit @max_rows;

-- name: ReplayEvents :one
-- Goes back to the first event of each user since a time, or to the first that is parked, and tells everything from there
-- again. Who is at it must not move the lane on, hence the claim.
with chosen as (
    select e.user_id, min(e.id) as first
    from webhook_receivers r join outbox_events e on e.kind = any (r.kinds)
    where r.name = @receiver and e.dispatched and e.at >= @since and (@user_id::text = '' or e.user_id = @user_id)
        and (not @parked::boolean or exists (select from webhook_attempts p
            where p.event_id = e.id and p.receiver = r.name and p.outcome = 'parked' and not exists (select from webhook_attempts d
                where d.event_id = p.event_id and d.receiver = p.receiver and d.outcome = 'delivered' and d.id > p.id)))
    group by e.user_id
), again as (
    select c.user_id, c.first, max(o.id) as last, count(*) as events
    from chosen c join outbox_events o on o.user_id = c.user_id and o.id >= c.first and o.dispatched
    join webhook_receivers r on r.name = @receiver and o.kind = any (r.kinds)
    group by c.user_id, c.first
), laned as (
    insert into webhook_lanes as l (receiver, user_id, after_id, through_id)
    select @receiver, a.user_id, a.first - 1, a.last from again a
    on conflict (receiver, user_id) do update set after_id = least(l.after_id, excluded.after_id),
        through_id = greatest(l.through_id, excluded.through_id), attempts = 0, claim = l.claim + 1, next_at = now()
)
select count(*) as users, coalesce(sum(events), 0)::bigint as events from again;

-- name: DeleteOldOutbox :one
-- Deletes the oldest events, those that are older than they are kept or beyond the number that is kept, and counts those that a
-- receiver had not taken.
with old as materialized (
    select e.id, e.user_id, e.kind from (select o.* from outbox_events o order by o.id limit @max_rows) e
    where e.at < now() - make_interval(days => @days) or e.id <= (select coalesce(max(n.id), 0) from outbox_events n) - @most::bigint
), gone as (
    delete from outbox_events o using old where o.id = old.id
)
select count(*) as deleted, (select count(*) from old e join webhook_lanes l
    on l.user_id = e.user_id and l.after_id < e.id and l.through_id >= e.id
    join webhook_receivers r on r.name = l.receiver and e.kind = any (r.kinds))::bigint as untold
from old;

-- name: DeleteOldAttempts :execrows
delete from webhook_attempts where id in (
    select o.id from (select a.id, a.at from webhook_attempts a order by a.id limit @max_rows) o
    where o.at < now() - make_interval(days => @days));
