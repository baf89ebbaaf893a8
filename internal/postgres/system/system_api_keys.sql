-- name: CountKeysToReseal :one
-- How many API keys are not sealed by the key with this prefix.
select count(*) from api_keys where substring(sealed, 1, 5) <> @prefix::bytea;

-- name: CountKeysSealedBy :one
-- How many API keys are sealed by one of the keys with these prefixes.
select count(*) from api_keys where substring(sealed, 1, 5) = any (@prefixes::bytea[]);

-- name: ListKeysToReseal :many
-- The next API keys, in the order of the primary key, that are not sealed by the key
-- with this prefix.
select session_id, user_id, provider, sealed from api_keys
where (session_id, provider) > (@after_session_id::uuid, @after_provider::text)
    and substring(sealed, 1, 5) <> @prefix::bytea
order by session_id, provider
limit @max_rows;

-- name: ResealKey :execrows
-- Replaces the sealed form of an API key unless its user changed it meanwhile.
update api_keys set sealed = @sealed
where session_id = @session_id and provider = @provider and sealed = @old;
