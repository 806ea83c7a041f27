package receiver

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
)

// judge counts the blocks that it is shown.
type judge struct {
	says  evidence.SignedBlock
	times int
}

func (j *judge) Check([]byte) (evidence.SignedBlock, error) { j.times++; return j.says, nil }
func (j *judge) Follow(evidence.SignedBlock)                {}

// A block that came as one is judged once: that reads every transaction of it,
// while others wait. One that came with too few commands is told.
func TestBlockIsJudgedOnce(t *testing.T) {
	key, err := client.New(client.Ed25519, "91110000600037341L", "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := imprint.NewVerifier([]json.RawMessage{key.Public()}, "", time.Hour, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	hash, said := strings.Repeat("1", 64), &strings.Builder{}
	r, err := New(Options{Dir: t.TempDir(), Key: key, Verifier: v, Trust: evidence.Trust{Ledger: ledgerSolo, Channel: "pledge", GenesisHash: hash}, Logger: slog.New(slog.NewTextHandler(said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	j := &judge{says: evidence.SignedBlock{Hash: hash, Carried: 7}}
	r.chain, r.o.Trust.Ledger = j, "fabric"
	jws, err := r.take(imprint.Delivery{V: imprint.Version, Channel: "pledge", Ledger: "fabric", Hash: hash, Block: base64.StdEncoding.EncodeToString([]byte("block")), Commands: []imprint.Command{}, Part: 1, Parts: 1})
	if err != nil || jws == "" || j.times != 1 {
		t.Errorf("got %q, %v: judged %d times", jws, err, j.times)
	}
	if !strings.Contains(said.String(), "carried=7") || !strings.Contains(said.String(), "proven=0") {
		t.Errorf("the log says %q", said)
	}
}
