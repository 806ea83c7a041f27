package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// consortiumPackage is the package of a real network that the checker's tests
// keep, unpacked into a folder with its block 0.
func consortiumPackage(t *testing.T) (dir string) {
	t.Helper()
	f, err := os.Open("../../service/evidence/testdata/consortium-asset.zip.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	block, err := z.Open("onchain/blocks/00000000000000000000.block")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(block)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for name, content := range map[string][]byte{"e.zip": data, "genesis.block": raw, "bad.block": raw[:len(raw)/2], "imprint.block": imprintBlock(t)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// imprintBlock is block 0 of the second channel of such a network.
func imprintBlock(t *testing.T) []byte {
	t.Helper()
	f, err := os.Open("../../service/evidence/testdata/imprint.block.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestTrustOfBothChannels: the trust file names the second one only when its
// block 0 is given.
func TestTrustOfBothChannels(t *testing.T) {
	dir := consortiumPackage(t)
	out := filepath.Join(dir, "trust.json")
	code, _, stderr := runIn(t, "evidence", "trust", "-block", filepath.Join(dir, "genesis.block"), "-imprint", filepath.Join(dir, "imprint.block"), "-out", out)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	i := readTrust(t, out).Imprint
	if i == nil || i.Channel != "imprint" || i.Chaincode != "imprint" || i.Policy != "2 members" || len(i.Members) != 3 || len(i.Consenters) != 4 {
		t.Errorf("got %+v", i)
	}
}

func TestTrustOfBlockZero(t *testing.T) {
	dir := consortiumPackage(t)
	out := filepath.Join(dir, "trust.json")
	code, stdout, stderr := runIn(t, "evidence", "trust", "-block", filepath.Join(dir, "genesis.block"), "-out", out)
	if code != 0 || !strings.Contains(stdout, "kept by 6 members, 4 of them order its blocks") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	got, want := readTrust(t, out), readTrust(t, "../../service/evidence/testdata/consortium-trust.json")
	if got.GenesisHash != want.GenesisHash || len(got.Consenters) != 4 || got.Policy != want.Policy {
		t.Errorf("got %+v", got)
	}
}

func readTrust(t *testing.T, path string) evidence.Trust {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := evidence.ParseTrust(text)
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

func TestCheckConsortiumPackage(t *testing.T) {
	dir := consortiumPackage(t)
	zipped := filepath.Join(dir, "e.zip")
	code, stdout, stderr := runIn(t, "evidence", "check", zipped, "-trust", "../../service/evidence/testdata/consortium-trust.json")
	if code != 0 || !strings.Contains(stdout, "IPCentreMSP") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	// The parties of the consortium that ships are not those of that network.
	shipped := filepath.Join(dir, "trust.json")
	if code, _, stderr := runIn(t, "evidence", "trust", "-block", filepath.Join(dir, "genesis.block"), "-out", shipped); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if code, stdout, _ := runIn(t, "evidence", "check", zipped, "-trust", shipped, "-json"); code != exitTampered || !strings.Contains(stdout, evidence.CheckGenesis) {
		t.Errorf("exit %d: %s", code, stdout)
	}
}

func TestTrustOfBlockRefusals(t *testing.T) {
	dir := consortiumPackage(t)
	block := filepath.Join(dir, "genesis.block")
	for name, args := range map[string][]string{
		"half a block": {"-block", filepath.Join(dir, "bad.block")}, "no block": {"-block", filepath.Join(dir, "none")},
		"no consortium": {"-block", block, "-config", filepath.Join(dir, "none")}, "a broken one": {"-block", block, "-config", block},
		"a config alone": {"-config", block}, "an imprint alone": {"-imprint", block}, "one channel for both": {"-block", block, "-imprint", block},
		"no imprint block": {"-block", block, "-imprint", filepath.Join(dir, "none")},
	} {
		out := filepath.Join(t.TempDir(), "trust.json")
		if code, stdout, _ := runIn(t, append([]string{"evidence", "trust", "-out", out}, args...)...); code == 0 {
			t.Errorf("%s: taken: %s", name, stdout)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a trust file was left", name)
		}
	}
}

// A network's folder gets its trust file once; one that lies there is kept.
func TestNetworkLeavesTrust(t *testing.T) {
	dir := consortiumPackage(t)
	c, err := consortiumBeside(filepath.Join(dir, "genesis.block"), "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := writeConsortiumTrust(dir, c); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "trust.json")
	if trust := readTrust(t, path); len(trust.Members) != 6 || trust.Imprint == nil || len(trust.Imprint.Members) != 3 {
		t.Errorf("got %+v", trust)
	}
	kept, err := json.Marshal("mine")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeConsortiumTrust(dir, c); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, kept) {
		t.Errorf("got %s, %v", after, err)
	}
}
