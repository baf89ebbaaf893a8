package main

import (
	"context"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/kms"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/seal"
)

// openRing opens the key ring that users' API keys are sealed with. On a developer's
// machine it is created where it is missing and nothing is sealed yet.
func openRing(ctx context.Context, cfg config.API) (*seal.Ring, error) {
	kek, err := kms.Open(ctx, cfg.SealKMSURI)
	if err != nil {
		return nil, err
	}
	from := seal.Source{File: cfg.SealKeysFile, Value: cfg.SealKeys.Reveal(), KEK: kek}
	if cfg.Deploy == config.Local {
		return seal.LoadOrCreate(ctx, from, func(ctx context.Context) bool {
			return postgres.KeysStored(ctx, postgres.NewServer(cfg.Server()))
		})
	}
	return seal.Load(ctx, from)
}
