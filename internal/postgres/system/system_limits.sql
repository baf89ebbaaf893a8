-- name: DeleteOldLimits :execrows
-- What nobody has called for a week is learned anew.
delete from upstream_limits where taken_at < now() - interval '7 days';
