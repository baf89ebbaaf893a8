-- name: GetBusinessInfo :one
select * from business_info where user_id = @user_id;

-- name: ListBusinessInfo :many
select * from business_info where user_id = any (@user_ids::text[]);

-- name: SaveBusinessInfo :exec
insert into business_info (session_id, user_id, business_description, industry, target_audience, business_goals)
values (@session_id, @user_id, @business_description, @industry, @target_audience, @business_goals)
on conflict (session_id) do update
set business_description = excluded.business_description, industry = excluded.industry,
    target_audience = excluded.target_audience, business_goals = excluded.business_goals, updated_at = now();

-- name: DeleteBusinessInfo :exec
delete from business_info where session_id = @session_id;
