package auth

import "context"

// CountKeys reads the keys that an issuer publishes at url, once, and returns how many
// there are.
func CountKeys(ctx context.Context, url string) (int, error) {
	keys, err := (&remoteKeys{url: url, client: newKeysClient()}).fetch(ctx)
	if err != nil {
		return 0, err
	}
	all, err := keys.Storage().KeyReadAll(ctx)
	return len(all), err
}
