-- name: TakePermit :one
-- Takes a permit for one call and returns in how many seconds it begins, and the end
-- of its lease, by which it is given back. No row if none is to be had within the
-- patience. A call that the rate held back, or that takes the last slot, shows that
-- more is wanted: rate and slots grow with it, fast until the server has ever said
-- that it is too much, slowly around the rate at which it last did. Of an upstream that was
-- down, the one call that is let through when the time is over is a trial: the others are
-- kept off meanwhile.
insert into upstream_limits as u (name, rate, slots, next_at, begins_at, taken_at, permits)
select cast(sqlc.arg(name) as text), cast(sqlc.arg(first_rate) as float8), cast(sqlc.arg(first_slots) as float8), c.t,
    c.t, c.t, array[c.t + make_interval(secs => cast(sqlc.arg(lease_seconds) as float8))]
from (select clock_timestamp() as t) c
on conflict (name) do update set
    taken_at = excluded.taken_at,
    down_until = case when u.down_until is not null then excluded.taken_at + make_interval(secs => cast(sqlc.arg(trial_seconds) as float8)) end,
    begins_at = greatest(u.next_at, excluded.taken_at),
    next_at = greatest(u.next_at, excluded.taken_at - make_interval(secs => cast(sqlc.arg(burst) as float8) / u.rate))
        + make_interval(secs => 1 / u.rate),
    permits = array(select p from unnest(u.permits) p where p > excluded.taken_at)
        || array[greatest(u.next_at, excluded.taken_at) + make_interval(secs => sqlc.arg(lease_seconds))],
    rate = least(cast(sqlc.arg(most_rate) as float8), u.rate * case
        when u.next_at <= excluded.taken_at then 1
        when u.limited_at is null or u.limited_at < excluded.taken_at - interval '10 minutes' then 1.05
        when u.rate < 0.85 * u.limit_rate then 1.005
        when u.rate < 1.15 * u.limit_rate then 1.0002
        else 1.005 end),
    slots = least(cast(sqlc.arg(most_slots) as float8), u.slots + case
        when (select count(*) from unnest(u.permits) p where p > excluded.taken_at) + 1 < floor(u.slots) then 0
        when u.limited_at is null or u.limited_at < excluded.taken_at - interval '10 minutes' then 0.25
        else 0.02 end)
where (u.down_until is null or u.down_until <= excluded.taken_at)
    and u.next_at <= excluded.taken_at + make_interval(secs => cast(sqlc.arg(patience_seconds) as float8))
    and (select count(*) from unnest(u.permits) p where p > excluded.taken_at) < floor(u.slots)
returning extract(epoch from u.begins_at - u.taken_at)::float8 as begins_in_seconds,
    u.permits[cardinality(u.permits)]::timestamptz as permit;

-- name: ReadUpstreamWait :one
-- In how many seconds the next call may begin, as far as the rate goes, and for how many
-- more the upstream counts as down.
select greatest(extract(epoch from next_at - clock_timestamp()), 0)::float8 as wait_seconds,
    coalesce(greatest(extract(epoch from down_until - clock_timestamp()), 0), 0)::float8 as down_seconds
from upstream_limits where name = sqlc.arg(name);

-- name: GivePermitBack :exec
-- An upstream that has answered is not down.
update upstream_limits set permits = array_remove(permits, cast(sqlc.arg(permit) as timestamptz)),
    failures = case when sqlc.arg(answered)::boolean then 0 else failures end,
    down_until = case when sqlc.arg(answered)::boolean then null else down_until end
where name = sqlc.arg(name);

-- name: NoteUnreachable :exec
-- Gives a permit back whose call did not reach the upstream. After so many in a row it is
-- down for a while, which doubles with each further one.
update upstream_limits set permits = array_remove(permits, cast(sqlc.arg(permit) as timestamptz)),
    failures = least(failures + 1, 1000),
    down_until = case when failures + 1 >= cast(sqlc.arg(most_failures) as int) then clock_timestamp() + make_interval(secs =>
        least(cast(sqlc.arg(most_down_seconds) as float8),
            cast(sqlc.arg(down_seconds) as float8) * power(2::float8, least(failures + 1 - cast(sqlc.arg(most_failures) as int), 30)))) end
where name = sqlc.arg(name);

-- name: RenewPermit :one
-- Renews the lease of a call that is under way, and returns its new end.
update upstream_limits set permits = array_remove(permits, cast(sqlc.arg(permit) as timestamptz))
    || array[clock_timestamp() + make_interval(secs => cast(sqlc.arg(lease_seconds) as float8))]
where name = sqlc.arg(name)
returning permits[cardinality(permits)]::timestamptz as permit;

-- name: LimitUpstream :exec
-- Gives a permit back whose call was answered that it is too much: nothing begins
-- before the wait is over, and rate and slots shrink, once for all of the calls that
-- were under way.
update upstream_limits as u set
    permits = array_remove(u.permits, cast(sqlc.arg(permit) as timestamptz)),
    next_at = greatest(u.next_at, clock_timestamp() + make_interval(secs => cast(sqlc.arg(wait_seconds) as float8))),
    rate = case when c.fresh then greatest(cast(sqlc.arg(least_rate) as float8), u.rate * 0.7) else u.rate end,
    slots = case when c.fresh then greatest(1, least(u.slots, c.held) * 0.7) else u.slots end,
    limit_rate = case when c.fresh then u.rate else u.limit_rate end,
    limited_at = case when c.fresh then clock_timestamp() else u.limited_at end,
    failures = 0, down_until = null
from (
    select l.name, cardinality(l.permits)::float8 as held,
        l.limited_at is null or cast(sqlc.arg(begun) as timestamptz) > l.limited_at as fresh
    from upstream_limits l where l.name = sqlc.arg(name) for update
) c
where u.name = c.name;

-- name: DeleteOldLimits :execrows
-- What nobody has called for a week is learned again.
delete from upstream_limits where taken_at < now() - interval '7 days';
