-- name: NewestSealed :one
-- The beginning of a sealed API key of the newest session that has one: the prefix of
-- the key that sealed it.
select substring(sealed, 1, 5)::bytea as prefix from api_keys order by session_id desc, provider desc limit 1;

-- name: ListSealingKeys :many
-- The prefixes of the keys that have sealed what is stored. It reads the whole table.
select substring(sealed, 1, 5)::bytea as prefix, count(*) as api_keys from api_keys group by 1 order by 1;

-- name: ReadBudget :one
-- The connections that the login of this database may have, those that the server keeps
-- for others left out, and the workers that beat.
select least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true), '0')::int,
        (select nullif(d.datconnlimit, -1) from pg_catalog.pg_database d where d.datname = current_database()),
        (select nullif(r.rolconnlimit, -1) from pg_catalog.pg_roles r where r.rolname = session_user)
    )::int as allowed,
    (select count(*) from worker_beats where beat_at > now() - interval '8 seconds')::int as workers;
