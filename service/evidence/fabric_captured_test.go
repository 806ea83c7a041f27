package evidence_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// captured is a package from a real network of Fabric v3.1.1, and its trust.
func captured(t *testing.T) ([]byte, evidence.Trust) {
	t.Helper()
	packed, err := os.ReadFile("testdata/consortium-asset.zip.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/consortium-trust.json")
	if err != nil {
		t.Fatal(err)
	}
	trust, err := evidence.ParseTrust(text)
	if err != nil {
		t.Fatal(err)
	}
	return data, trust
}

// A package must stand for as long as somebody keeps it: this one is never
// made again.
func TestCapturedPackageStands(t *testing.T) {
	data, trust := captured(t)
	r := check(t, data, trust)
	if !r.OK() || len(r.History) == 0 || len(r.Institutions) < 3 {
		t.Fatal(text(r))
	}
	for i := 0; i < len(data)*8; i += stride(5003) {
		damaged := slices.Clone(data)
		damaged[i/8] ^= 1 << (i % 8)
		if check(t, damaged, trust).OK() {
			t.Fatalf("bit %d: changed and passed", i)
		}
	}
}

// The trust file follows from the block 0 that a member keeps.
func TestTrustOfCapturedBlock(t *testing.T) {
	data, trust := captured(t)
	block := unpack(t, data)[blockFile(0)]
	var named []evidence.TrustMember
	for _, m := range trust.Members {
		named = append(named, evidence.TrustMember{Party: m.Party, MSP: m.MSP, Name: m.Name, Roles: m.Roles})
	}
	again, err := evidence.TrustOfBlock(block, trust.Chaincode, trust.Policy, named)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(marshal(again)), string(marshal(trust)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
