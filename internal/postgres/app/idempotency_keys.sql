-- name: ClaimRequest :execrows
-- Notes that a request is being answered, unless its key is held by another one: those
-- of the last 24 hours, and those without an answer whose holder may still be answering.
-- The user's other old ones are deleted on the way.
with old as (
    delete from idempotency_keys o
    where o.user_id = @user_id and o.key <> @key and o.created_at < now() - interval '24 hours'
)
insert into idempotency_keys (user_id, key, session_id, salt, request_hash)
select s.user_id, @key, s.id, @salt, @request_hash from onboarding_sessions s where s.user_id = @user_id
on conflict (user_id, key) do update
set salt = excluded.salt, request_hash = excluded.request_hash, status = null, headers = '{}', body = null, created_at = now()
where idempotency_keys.created_at < now() - interval '24 hours'
   or (idempotency_keys.status is null and idempotency_keys.created_at < now() - make_interval(secs => @hold_seconds::double precision));

-- name: GetRequest :one
select salt, request_hash, status, headers, body from idempotency_keys where user_id = @user_id and key = @key;

-- name: AnswerRequest :exec
update idempotency_keys set status = @status, headers = @headers, body = @body
where user_id = @user_id and key = @key and salt = @salt;

-- name: ForgetRequest :exec
delete from idempotency_keys where user_id = @user_id and key = @key and salt = @salt;
