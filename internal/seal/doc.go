// Package seal encrypts users' API keys at rest.
//
// It owns the key ring: reading it from a file or a variable, in the clear or encrypted under a key of a KMS, sealing
// and opening with it, and changing it. It must not know where sealed keys are stored, nor read settings.
//
// A ring is a JSON document of two Tink keysets:
//
//	{"sealing": <AEAD keyset>, "fingerprint": <PRF keyset>}
//
// Sealing keys are rotated: the primary key seals, every key of the ring opens. The
// fingerprint key stays for the life of the ring, so that fingerprints of the same
// API key stay equal.
package seal
