package pledge_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func manyFiles(n int) []pledge.File {
	fs := make([]pledge.File, n)
	for i := range fs {
		fs[i] = file(fmt.Sprintf("%04d.csv", i), fmt.Sprint("content ", i), int64(i+1))
	}
	return fs
}

// signFresh signs with a random nonce, so that the signature differs from
// any before.
func signFresh(t testing.TB, a *actor, payload string) string {
	t.Helper()
	in := b64.EncodeToString([]byte(a.header())) + "." + b64.EncodeToString([]byte(payload))
	sum := sha256.Sum256([]byte(in))
	for {
		r, s, err := ecdsa.Sign(rand.Reader, a.ec, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		if s.Cmp(new(big.Int).Rsh(a.ec.Params().N, 1)) <= 0 {
			return in + "." + b64.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
		}
	}
}
