// Package kms opens the key that a key ring is encrypted under, which AWS KMS or the transit engine of HashiCorp Vault
// keeps.
//
// It reads the variables that the clients of these services document (AWS_…, VAULT_…). Only programs that open a key
// ring import it, as the clients are large.
package kms

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/tink-crypto/tink-go-awskms/v3/integration/awskms"
	"github.com/tink-crypto/tink-go-hcvault/v2/integration/hcvault"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const (
	awsScheme   = "aws-kms"
	vaultScheme = "hcvault"
)

// vaultTimeout bounds one request to Vault.
const vaultTimeout = 10 * time.Second

// Open returns the key that a URI names (hcvault://host:port/transit/keys/name or aws-kms://arn:…), nil if the URI is
// empty. It does not call the service yet.
func Open(ctx context.Context, uri string) (tink.AEADWithContext, error) {
	if uri == "" {
		return nil, nil //nolint:nilnil // no key is no error
	}
	scheme, rest, _ := strings.Cut(uri, "://")
	switch scheme {
	case awsScheme:
		key, err := awskms.NewAEADWithContext(ctx, rest)
		if err != nil {
			return nil, fmt.Errorf("use the AWS KMS (SEAL_KMS_URI=aws-kms://arn:aws:kms:REGION:ACCOUNT:key/ID): %w", err)
		}
		return key, nil
	case vaultScheme:
		key, err := openVault(uri)
		if err != nil {
			return nil, fmt.Errorf("use Vault (SEAL_KMS_URI=hcvault://HOST:PORT/transit/keys/NAME): %w", err)
		}
		return key, nil
	}
	return nil, errors.New("SEAL_KMS_URI must begin with hcvault:// or aws-kms://; no other KMS is supported")
}

// openVault uses the transit engine over https. Token, namespace and certificates come from Vault's variables.
func openVault(uri string) (tink.AEADWithContext, error) {
	u, err := url.Parse(uri)
	if err != nil || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("not an address of a key, or with more than that")
	}
	config := api.DefaultConfig()
	if config.Error != nil {
		return nil, config.Error
	}
	config.Address = "https://" + u.Host
	config.Timeout = vaultTimeout
	client, err := api.NewClient(config)
	if err != nil {
		return nil, err
	}
	if client.Token() == "" && config.AgentAddress == "" {
		return nil, errors.New("set VAULT_TOKEN to a token that may encrypt and decrypt with the key")
	}
	key, err := hcvault.NewAEAD(u.EscapedPath(), client.Logical())
	if err != nil {
		return nil, err
	}
	return withoutContext{key}, nil
}

// withoutContext makes a key whose calls take no context usable as one whose calls do; its client has a timeout of its
// own.
type withoutContext struct{ key tink.AEAD }

func (k withoutContext) EncryptWithContext(_ context.Context, plaintext, associatedData []byte) ([]byte, error) {
	return k.key.Encrypt(plaintext, associatedData)
}

func (k withoutContext) DecryptWithContext(_ context.Context, ciphertext, associatedData []byte) ([]byte, error) {
	return k.key.Decrypt(ciphertext, associatedData)
}
