package kms_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/kms"
	"github.com/alwrity/onboarding/internal/seal"
)

const canary = "sk-canary-0123456789"

// open returns the key that a URI names.
func open(t *testing.T, uri string) seal.KEK {
	t.Helper()
	kek, err := kms.Open(t.Context(), uri)
	require.NoError(t, err)
	return kek
}

// newRing returns the path of a new ring in the clear and the ring.
func newRing(t *testing.T) (string, *seal.Ring) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ring.json")
	require.NoError(t, seal.Create(t.Context(), path, nil))
	ring, err := seal.Load(t.Context(), seal.Source{File: path})
	require.NoError(t, err)
	return path, ring
}

func sealed(t *testing.T, ring *seal.Ring) []byte {
	t.Helper()
	data, err := ring.Seal([]byte(canary), "user_1", "openai")
	require.NoError(t, err)
	return data
}

// kmsKey is the key that a KMS keeps.
type kmsKey struct {
	aead cipher.AEAD
	// calls counts what the KMS was asked and answered, refused what it refused.
	calls, refused atomic.Int32
}

func newKMSKey(t *testing.T) *kmsKey {
	t.Helper()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	block, err := aes.NewCipher(secret)
	require.NoError(t, err)
	aead, err := cipher.NewGCMWithRandomNonce(block)
	require.NoError(t, err)
	return &kmsKey{aead: aead}
}

func (k *kmsKey) encrypt(plaintext []byte, context string) []byte {
	k.calls.Add(1)
	return k.aead.Seal(nil, nil, plaintext, []byte(context))
}

func (k *kmsKey) decrypt(ciphertext []byte, context string) ([]byte, error) {
	k.calls.Add(1)
	return k.aead.Open(nil, nil, ciphertext, []byte(context))
}

// startVault starts a server that speaks the API of Vault's transit engine, and
// sets Vault's variables. It returns the URI of its one key.
func startVault(t *testing.T, key *kmsKey) string {
	t.Helper()
	refuse := func(w http.ResponseWriter, status int, reason string) {
		key.refused.Add(1)
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{reason}})
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Plaintext      []byte `json:"plaintext"`
			Ciphertext     string `json:"ciphertext"`
			AssociatedData string `json:"associated_data"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil ||
			(r.Method != http.MethodPut && r.Method != http.MethodPost) {
			refuse(w, http.StatusBadRequest, "bad request")
			return
		}
		if r.Header.Get("X-Vault-Token") != "s.good" {
			refuse(w, http.StatusForbidden, "permission denied")
			return
		}
		data := map[string]any{}
		switch r.URL.Path {
		case "/v1/transit/encrypt/ring":
			data["ciphertext"] = "vault:v1:" + string(must64(key.encrypt(in.Plaintext, in.AssociatedData)))
		case "/v1/transit/decrypt/ring":
			plaintext, err := key.decrypt(from64(strings.TrimPrefix(in.Ciphertext, "vault:v1:")), in.AssociatedData)
			if err != nil {
				refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
				return
			}
			data["plaintext"] = plaintext
		default:
			refuse(w, http.StatusNotFound, "no handler for route")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}))
	t.Cleanup(server.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t,
		os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	t.Setenv("VAULT_CACERT", authority)
	t.Setenv("VAULT_TOKEN", "s.good")
	return "hcvault://" + server.Listener.Addr().String() + "/transit/keys/ring"
}

// must64 and from64 are the Base64 of encoding/json.
func must64(data []byte) []byte {
	quoted, _ := json.Marshal(data)
	return quoted[1 : len(quoted)-1]
}

func from64(text string) (data []byte) {
	_ = json.Unmarshal([]byte(`"`+text+`"`), &data)
	return data
}

const awsKey = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d"

// startAWS starts a server that speaks the JSON protocol of the AWS KMS, and sets
// AWS' variables. It returns the URI of its one key.
func startAWS(t *testing.T, key *kmsKey) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			KeyID             string `json:"KeyId"`
			Plaintext         []byte
			CiphertextBlob    []byte
			EncryptionContext map[string]string
		}
		refuse := func(kind string) {
			key.refused.Add(1)
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]string{"__type": kind, "message": "no"})
		}
		err := json.NewDecoder(r.Body).Decode(&in)
		if err != nil || in.KeyID != awsKey || !strings.Contains(r.Header.Get("Authorization"), "Credential=AKIDEXAMPLE/") ||
			!strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/kms/aws4_request") {
			refuse("AccessDeniedException")
			return
		}
		out := map[string]any{"KeyId": awsKey}
		switch r.Header.Get("X-Amz-Target") {
		case "TrentService.Encrypt":
			out["CiphertextBlob"] = key.encrypt(in.Plaintext, in.EncryptionContext["associatedData"])
		case "TrentService.Decrypt":
			if out["Plaintext"], err = key.decrypt(in.CiphertextBlob, in.EncryptionContext["associatedData"]); err != nil {
				refuse("InvalidCiphertextException")
				return
			}
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_ = json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(server.Close)
	setAWS(t, server.URL)
	return "aws-kms://" + awsKey
}

func setAWS(t *testing.T, endpoint string) {
	t.Helper()
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_KMS": endpoint, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
		"AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
}

func TestRingUnderAKMS(t *testing.T) {
	for name, start := range map[string]func(*testing.T, *kmsKey) string{"Vault": startVault, "AWS": startAWS} {
		t.Run(name, func(t *testing.T) {
			key := newKMSKey(t)
			kek := open(t, start(t, key))
			path := filepath.Join(t.TempDir(), "ring.json")
			from := seal.Source{File: path, KEK: kek}
			require.NoError(t, seal.Create(t.Context(), path, kek))
			assert.EqualValues(t, 2, key.calls.Load(), "each keyset is encrypted")
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.NotContains(t, string(content), "keyData", "no keyset is in the clear")

			ring, err := seal.Load(t.Context(), from)
			require.NoError(t, err)
			data := sealed(t, ring)
			print := ring.Fingerprint([]byte(canary))
			id, err := seal.Add(t.Context(), path, kek)
			require.NoError(t, err)
			require.NoError(t, seal.Promote(t.Context(), path, kek, id))
			rotated, err := seal.Load(t.Context(), from)
			require.NoError(t, err)
			opened, err := rotated.Open(data, "user_1", "openai")
			require.NoError(t, err)
			assert.Equal(t, canary, string(opened))
			assert.Equal(t, print, rotated.Fingerprint([]byte(canary)))
			assert.Equal(t, id.Prefix(), rotated.PrimaryPrefix())
			calls := key.calls.Load()
			_ = sealed(t, rotated)
			assert.Equal(t, calls, key.calls.Load(), "sealing does not ask the KMS")

			_, err = seal.Load(t.Context(), seal.Source{File: path})
			require.ErrorContains(t, err, "set SEAL_KMS_URI")
			plain, _ := newRing(t)
			_, err = seal.Load(t.Context(), seal.Source{File: plain, KEK: kek})
			require.ErrorContains(t, err, "is not encrypted under the key of SEAL_KMS_URI")
			content, err = os.ReadFile(path)
			require.NoError(t, err)
			exchanged := strings.NewReplacer(`"sealing"`, `"fingerprint"`, `"fingerprint"`, `"sealing"`).Replace(string(content))
			_, err = seal.Load(t.Context(), seal.Source{Value: exchanged, KEK: kek})
			require.ErrorContains(t, err, "open the key ring with its KMS")
			assert.NotZero(t, key.refused.Load(), "the KMS authenticates what a keyset is for")
		})
	}
}

func TestEncryptKeepsTheKeys(t *testing.T) {
	kek := open(t, startVault(t, newKMSKey(t)))
	plain, ring := newRing(t)
	path := filepath.Join(t.TempDir(), "ring.json")
	require.NoError(t, seal.Encrypt(t.Context(), plain, path, kek))
	encrypted, err := seal.Load(t.Context(), seal.Source{File: path, KEK: kek})
	require.NoError(t, err)
	opened, err := encrypted.Open(sealed(t, ring), "user_1", "openai")
	require.NoError(t, err)
	assert.Equal(t, canary, string(opened))
	assert.Equal(t, ring.Fingerprint([]byte(canary)), encrypted.Fingerprint([]byte(canary)))
	_, err = seal.Load(t.Context(), seal.Source{File: plain})
	require.NoError(t, err, "the first file stays")

	require.ErrorIs(t, seal.Encrypt(t.Context(), plain, path, kek), fs.ErrExist)
	require.ErrorContains(t, seal.Encrypt(t.Context(), plain, path, nil), "set SEAL_KMS_URI")
}

func TestKMSThatRefuses(t *testing.T) {
	key := newKMSKey(t)
	vault := startVault(t, key)
	t.Setenv("VAULT_TOKEN", "s.bad-canary")
	err := seal.Create(t.Context(), filepath.Join(t.TempDir(), "ring.json"), open(t, vault))
	require.ErrorContains(t, err, "permission denied")
	assert.NotContains(t, err.Error(), "canary")
	t.Setenv("VAULT_TOKEN", "")
	t.Setenv("HOME", t.TempDir())
	_, err = kms.Open(t.Context(), vault)
	require.ErrorContains(t, err, "set VAULT_TOKEN")

	aws := startAWS(t, key)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDOTHER")
	path := filepath.Join(t.TempDir(), "ring.json")
	err = seal.Create(t.Context(), path, open(t, aws))
	require.ErrorContains(t, err, "AccessDeniedException")
	assert.NoFileExists(t, path)
}

func TestKMSTimeout(t *testing.T) {
	released := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(released) })
	setAWS(t, server.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := seal.Create(ctx, filepath.Join(t.TempDir(), "ring.json"), open(t, "aws-kms://"+awsKey))
	require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
	require.ErrorContains(t, err, "encrypt the key ring with its KMS")
}

func TestKMSAddresses(t *testing.T) {
	for uri, says := range map[string]string{
		"gcp-kms://projects/p/locations/l": "must begin with hcvault:// or aws-kms://",
		"ring":                             "must begin with hcvault:// or aws-kms://",
		"aws-kms://key/1":                  "aws-kms://arn:aws:kms:REGION:ACCOUNT:key/ID",
		"hcvault://vault/ring":             "hcvault://HOST:PORT/transit/keys/NAME",
		"hcvault://u:canary@vault/t/k/r":   "not an address of a key, or with more",
		"hcvault://vault/%zz":              "not an address of a key",
	} {
		t.Run(says, func(t *testing.T) {
			t.Setenv("VAULT_TOKEN", "s.good")
			_, err := kms.Open(t.Context(), uri)
			require.ErrorContains(t, err, says)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}
