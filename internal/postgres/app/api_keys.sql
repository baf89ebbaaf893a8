-- name: SaveKey :exec
-- A key that was replaced by another is unchecked again.
insert into api_keys (session_id, user_id, provider, sealed, last_four, fingerprint, base_url, model, description)
values (@session_id, @user_id, @provider, @sealed, @last_four, @fingerprint, @base_url, @model, @description)
on conflict (session_id, provider) do update
set sealed = excluded.sealed, last_four = excluded.last_four, fingerprint = excluded.fingerprint,
    base_url = excluded.base_url, model = excluded.model, description = excluded.description, updated_at = now(),
    status = case when (api_keys.fingerprint = excluded.fingerprint and api_keys.base_url = excluded.base_url and api_keys.model = excluded.model) then api_keys.status else 'unchecked' end,
    check_code = case when (api_keys.fingerprint = excluded.fingerprint and api_keys.base_url = excluded.base_url and api_keys.model = excluded.model) then api_keys.check_code end,
    checked_at = case when (api_keys.fingerprint = excluded.fingerprint and api_keys.base_url = excluded.base_url and api_keys.model = excluded.model) then api_keys.checked_at end;

-- name: ListKeys :many
select * from api_keys where user_id = @user_id order by provider;

-- name: DeleteKey :execrows
delete from api_keys where session_id = @session_id and provider = @provider;

-- name: SetKeyStatus :exec
-- What a live call said of the key, unless the key was replaced meanwhile.
update api_keys set status = @status, check_code = @check_code, checked_at = now()
where session_id = @session_id and provider = @provider and updated_at = @key_updated_at;
