package evidence_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/service/evidence"
)

// "openssl ts -verify" takes every time stamp of the published packages for
// the root that the block's hash and the path lead to, and for no other.
func TestOpenSSLTakesTheTimeStamps(t *testing.T) {
	m := published(t)
	for base, trust := range map[string]string{"solo-stamped": "stamped", "channel-stamped": "channel-stamped"} {
		believed, err := evidence.ParseTrust(m.trusts[trust])
		if err != nil {
			t.Fatal(err)
		}
		f := unpack(t, m.bases[base])
		stamps := check(t, m.bases[base], believed).TimeStamps
		if len(stamps) < 2 {
			t.Errorf("%s: %d time stamps", base, len(stamps))
		}
		for _, s := range stamps {
			opensslTakesStamp(t, f, s, believed.TimeStampRoots[0])
		}
	}
}

func opensslTakesStamp(t *testing.T, f contents, s evidence.StampedBlock, root string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s.Time)
	if err != nil {
		t.Fatal(err)
	}
	part := stampOf(t, f, s.Block)
	token, err := b64.DecodeString(part.Token)
	if err != nil {
		t.Fatal(err)
	}
	head := part.root(t, s.Block, hashOfBlock(t, f, s.Block))
	dir := folder(t, map[string][]byte{"token": token, "root": head, "ca": []byte(root), "other": append([]byte("x"), head...)})
	for data, want := range map[string]bool{"root": true, "other": false} {
		said, ok := run(t, dir, needs.Program(t, "openssl", "openssl"), "ts", "-verify", "-token_in", "-in", "token", "-CAfile", "ca", "-data", data, "-attime", fmt.Sprint(at.Unix()))
		if ok != want || strings.Contains(said, "Verification: OK") != want {
			t.Errorf("block %d, %s: openssl says %s", s.Block, data, said)
		}
	}
}

type stampPart struct {
	First, Last uint64
	Path        []string
	Token       string
}

func stampOf(t *testing.T, f contents, block uint64) (p stampPart) {
	t.Helper()
	if err := json.Unmarshal(f[stampFile(block)], &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// root is what the path leads to from a block, as FORMAT.md says.
func (p stampPart) root(t *testing.T, block uint64, hash string) []byte {
	t.Helper()
	path := make([][]byte, len(p.Path))
	for i, sum := range p.Path {
		path[i], _ = hex.DecodeString(sum)
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(fmt.Appendf(nil, `{"channel":"pledge","hash":"%s","number":%d}`, hash, block))
	root, err := proof.RootFromInclusionProof(rfc6962.DefaultHasher, block-p.First, p.Last-p.First+1, leaf, path)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// hashOfBlock is that of the block's header, which a solo ledger's package has
// beside each of its commands.
func hashOfBlock(t *testing.T, f contents, number uint64) string {
	t.Helper()
	if raw := f[blockFile(int(number))]; raw != nil {
		var b common.Block
		decode(raw, &b)
		return fmt.Sprintf("%x", sha256.Sum256(headerBytes(&b)))
	}
	for name := range f {
		if !strings.HasPrefix(name, "onchain/") {
			continue
		}
		payload := payloadOf(parsed(t, f, name)["header"].(string))
		if record(t, []byte(payload))["number"].(json.Number).String() == fmt.Sprint(number) {
			return fmt.Sprintf("%x", sha256.Sum256([]byte(payload)))
		}
	}
	t.Fatalf("no header of block %d", number)
	return ""
}
