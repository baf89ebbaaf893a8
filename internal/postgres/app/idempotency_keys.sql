-- name: ClaimRequest :one
-- Notes that a request is being answered, unless its key is held by another one: those
-- of the last 24 hours, and those without an answer whose holder may still be answering.
-- The user's other old ones are deleted on the way. is_full says that the user holds as many keys
-- as one may: no other can be claimed.
with old as (
    delete from idempotency_keys o
    where o.user_id = @user_id and o.key <> @key and o.created_at < now() - interval '24 hours'
), held as (
    select count(*) >= @most::int as is_full, coalesce(bool_or(h.key = @key), false) as known
    from idempotency_keys h where h.user_id = @user_id and h.created_at >= now() - interval '24 hours'
), claimed as (
insert into idempotency_keys (user_id, key, session_id, salt, request_hash)
select s.user_id, @key, s.id, @salt, @request_hash from onboarding_sessions s, held where s.user_id = @user_id and (held.known or not held.is_full)
on conflict (user_id, key) do update
set salt = excluded.salt, request_hash = excluded.request_hash, status = null, headers = '{}', body = null, created_at = now()
where idempotency_keys.created_at < now() - interval '24 hours'
   or (idempotency_keys.status is null and idempotency_keys.created_at < now() - make_interval(secs => @hold_seconds::double precision))
returning 1
)
select (exists (select from claimed))::boolean as claimed, held.is_full::boolean as is_full from held;

-- name: GetRequest :one
select salt, request_hash, status, headers, body from idempotency_keys where user_id = @user_id and key = @key;

-- name: AnswerRequest :exec
update idempotency_keys set status = @status, headers = @headers, body = @body
where user_id = @user_id and key = @key and salt = @salt;

-- name: ForgetRequest :exec
delete from idempotency_keys where user_id = @user_id and key = @key and salt = @salt;
