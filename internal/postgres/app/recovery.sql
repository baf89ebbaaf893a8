-- name: RetireJob :execrows
-- Ends a lost job, unless River or its worker moved it meanwhile.
update river_job
set state = 'discarded', finalized_at = now(),
    errors = array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', @reason::text, 'trace', ''))
where id = @id and state = 'running' and attempt = @attempt and attempted_at = @attempted_at;
