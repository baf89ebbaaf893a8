-- +goose Up

-- Taken at once or tried again: nothing waits behind this lock.
set local lock_timeout = '10ms';

-- What the wizard keeps of a brand's picture, voice and video beside its personas.
alter table persona_data add column media jsonb;

-- +goose Down
alter table persona_data drop column media;
