-- +goose Up

-- The audit log is kept for as long as the operator says.
grant delete on audit_log to onboarding_system;

-- +goose Down
revoke delete on audit_log from onboarding_system;
