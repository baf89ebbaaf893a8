-- name: NotifyChanges :exec
-- Says to every listener which sessions have changed, one notification for each of
-- the payloads.
select pg_notify(@channel::text, payload) from unnest(@payloads::text[]) as payload;
