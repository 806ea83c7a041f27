package rest_test

import "crypto"

// noHash tells an Ed25519 key to sign the message itself.
type noHash struct{}

func (*noHash) HashFunc() crypto.Hash { return 0 }
