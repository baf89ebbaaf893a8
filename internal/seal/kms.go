package seal

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

// kmsTimeout bounds the talk with a KMS for one ring, retries included.
const kmsTimeout = 30 * time.Second

// openKMS returns the key of a KMS that uri names, nil for no uri. It does not talk
// to the KMS yet.
func openKMS(ctx context.Context, uri string) (tink.AEADWithContext, error) {
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

// openVault talks to the transit engine over https. Token, namespace and own
// certificates come from Vault's variables.
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
	config.Timeout = kmsTimeout / 3
	client, err := api.NewClient(config)
	if err != nil {
		return nil, err
	}
	if client.Token() == "" && config.AgentAddress == "" {
		return nil, errors.New("set VAULT_TOKEN to a token that may encrypt and decrypt with the key")
	}
	vault, err := hcvault.NewClientWithAEADOptions(uri, client.Logical())
	if err != nil {
		return nil, err
	}
	key, err := vault.GetAEAD(uri)
	if err != nil {
		return nil, err
	}
	return patient{key}, nil
}

// patient gives a key that knows no contexts the form of one that does; its client
// has a time limit of its own.
type patient struct{ key tink.AEAD }

func (p patient) EncryptWithContext(_ context.Context, plaintext, associatedData []byte) ([]byte, error) {
	return p.key.Encrypt(plaintext, associatedData)
}

func (p patient) DecryptWithContext(_ context.Context, ciphertext, associatedData []byte) ([]byte, error) {
	return p.key.Decrypt(ciphertext, associatedData)
}
