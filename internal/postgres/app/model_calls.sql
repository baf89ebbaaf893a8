-- name: RecordModelCall :exec
insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, cached_tokens, output_tokens, cost_micros)
values (@session_id, @user_id, @submission_id, @provider, @model, @prompt, @input_tokens, @cached_tokens, @output_tokens, @cost_micros);

-- name: CountModelCalls :one
-- How often a provider was charged for an answer to a question of a submission.
select count(*) from model_calls
where session_id = @session_id and submission_id = @submission_id and provider = @provider and prompt = @prompt;
