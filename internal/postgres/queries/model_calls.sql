-- name: RecordModelCall :exec
insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, cached_tokens, output_tokens, cost_micros)
values (@session_id, @user_id, @submission_id, @provider, @model, @prompt, @input_tokens, @cached_tokens, @output_tokens, @cost_micros);
