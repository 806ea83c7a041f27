package evidence_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// received gives receipts for every block, as an imprint's follower keeps them.
type received struct {
	s    *story
	keys []key
}

func (r received) Parts(_ context.Context, block uint64) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, k := range r.keys {
		name, data := r.s.receiptFile(k, block, func(map[string]any) {})
		files[name] = data
	}
	return files, nil
}

const imprintType = "datapledge-imprint+jws"

func (s *story) receiptFile(k key, block uint64, change func(map[string]any)) (string, []byte) {
	sum := sha256.Sum256([]byte(s.blocks[block].payload))
	m := map[string]any{"block": block, "channel": "pledge", "hash": hex.EncodeToString(sum[:]), "party": k.party,
		"received_at": "2026-11-21T09:00:00.123Z", "records": len(s.blocks[block].entries), "v": 1}
	change(m)
	jws, err := k.SignJWS(imprintType, []byte(canonical(s.t, m)))
	if err != nil {
		s.t.Fatal(err)
	}
	return nameOfReceipt(jws)
}

func nameOfReceipt(jws string) (string, []byte) {
	sum := sha256.Sum256([]byte(jws))
	return "imprint/receipts/" + hex.EncodeToString(sum[:]) + ".jws", []byte(jws)
}

// imprinted is a story whose blocks a notary and a court have received; the
// court was enrolled after everything else.
func imprinted(t *testing.T) (*story, key, contents) {
	t.Helper()
	s := newStory(t)
	court := newKey("court", uscc(44))
	s.commit(s.sign(s.ipcentre, pledge.PartyEnroll, pledge.EnrollBody{Party: court.party, Name: "互联网法院", Roles: []pledge.Role{pledge.RoleCourt},
		Keys: []pledge.KeyGrant{{JWK: court.jwk(), Scope: pledge.ScopeAdmin}}}))
	return s, court, unpack(t, s.writeWith(received{s, []key{s.notary, court}}))
}

func (s *story) writeWith(b evidence.Beside) []byte {
	s.t.Helper()
	source := s.source()
	source.Beside = []evidence.Beside{b}
	var out bytes.Buffer
	if err := evidence.Write(context.Background(), &out, source, s.pledge); err != nil {
		s.t.Fatal(err)
	}
	return out.Bytes()
}

// The receipts of all blocks are in the package, with the commands that
// enrolled who signed them, and the report says who has what since when.
func TestImprintReceipts(t *testing.T) {
	s, court, f := imprinted(t)
	r := check(t, f.pack(t, s.exchange), s.trust())
	found := r.Find(evidence.CheckImprintReceipts)
	if !r.OK() || found.Result != evidence.Pass || found.Count != len(r.Received) || found.Count < 6 || found.Count%2 != 0 {
		t.Fatalf("got %+v\n%s", found, text(r))
	}
	want := evidence.Received{Party: court.party, Name: "互联网法院", Role: "court", Block: uint64(len(s.blocks) - 1), Records: 1, Time: "2026-11-21T09:00:00.123Z"}
	if !slices.Contains(r.Received, want) {
		t.Errorf("got %+v, want %+v in it", r.Received, want)
	}
	if f["parties/"+court.party+".json"] == nil {
		t.Error("the court's party is not in the package")
	}
	if said := text(r); !strings.Contains(said, "互联网法院") || !strings.Contains(said, "印刻") || !strings.Contains(said, "Imprint") {
		t.Errorf("got %s", said)
	}
}

// A package without receipts stands; the check has nothing to look at.
func TestNoImprintReceipts(t *testing.T) {
	s := newStory(t)
	r := check(t, s.write(s.pledge), s.trust())
	if !r.OK() || r.Find(evidence.CheckImprintReceipts).Result != evidence.NotPresent || len(r.Received) != 0 {
		t.Errorf("got %+v", r)
	}
}

// Any receipt that is not an institution's for a proven block fails the
// package, even one that the exchange lists and signs for.
func TestImprintReceiptsForged(t *testing.T) {
	s, court, base := imprinted(t)
	good := string(second(s.receiptFile(court, uint64(len(s.blocks)-1), func(map[string]any) {})))
	for name, data := range forgedReceipts(t, s, court) {
		f := contents{}
		for n, d := range base {
			f[n] = d
		}
		path, _ := nameOfReceipt(string(data))
		f[path] = data
		failsImprint(t, name, check(t, f.pack(t, s.exchange), s.trust()))
	}
	f := base
	f["imprint/receipts/"+strings.Repeat("a", 64)+".jws"] = []byte(good)
	failsImprint(t, "other name", check(t, f.pack(t, s.exchange), s.trust()))
}

// forgedReceipts are receipts that say what is not so, or are by nobody who may.
func forgedReceipts(t *testing.T, s *story, court key) map[string][]byte {
	t.Helper()
	last := uint64(len(s.blocks) - 1)
	none := func(map[string]any) {}
	set := func(name string, v any) func(map[string]any) { return func(m map[string]any) { m[name] = v } }
	good := string(second(s.receiptFile(court, last, none)))
	return map[string][]byte{
		"other key":     second(s.receiptFile(newKey("stranger", court.party), last, none)),
		"unknown party": second(s.receiptFile(newKey("stranger", uscc(77)), last, none)),
		"a bank":        second(s.receiptFile(s.bank, last, none)),
		"the exchange":  second(s.receiptFile(s.exchange, last, none)),
		"as the court":  second(s.receiptFile(s.bank, last, set("party", court.party))),
		"other hash":    second(s.receiptFile(court, last, set("hash", strings.Repeat("1", 64)))),
		"no hash":       second(s.receiptFile(court, last, set("hash", "1"))),
		"no such block": second(s.receiptFile(court, last, set("block", last+1))),
		"other block":   second(s.receiptFile(court, last, set("block", last-1))),
		"block 0":       second(s.receiptFile(court, 0, none)),
		"channel":       second(s.receiptFile(court, last, set("channel", "other"))),
		"version":       second(s.receiptFile(court, last, set("v", 2))),
		"records":       second(s.receiptFile(court, last, set("records", 2))),
		"time":          second(s.receiptFile(court, last, set("received_at", "yesterday"))),
		"more":          second(s.receiptFile(court, last, set("more", 1))),
		"cut":           []byte(good[:len(good)-2]),
		"line end":      []byte(good + "\n"),
		"high s":        second(s.receiptFile(key{curve: s.other.curve, highS: true, party: court.party}, last, none)),
		"type":          []byte(signedAs(t, court, "datapledge+jws", good)),
		"spaces":        []byte(signedAs(t, court, imprintType, " "+good)),
		"nothing":       {},
	}
}

func second(_ string, data []byte) []byte { return data }

// signedAs signs the payload of a receipt anew; a space in front is kept.
func signedAs(t *testing.T, k key, typ, jws string) string {
	t.Helper()
	payload, err := b64.DecodeString(strings.Split(strings.TrimSpace(jws), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(jws, " ") {
		payload = slices.Concat([]byte(" "), payload)
	}
	again, err := k.SignJWS(typ, payload)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func failsImprint(t *testing.T, name string, r evidence.Report) {
	t.Helper()
	if found := r.Find(evidence.CheckImprintReceipts); r.OK() || found.Failed != 1 {
		t.Errorf("%s: got %+v", name, found)
	}
	for _, c := range r.Checks {
		if c.Result == evidence.Fail && c.Name != evidence.CheckImprintReceipts {
			t.Errorf("%s: %s failed, too: %+v", name, c.Name, c.Failures)
		}
	}
}

// A key that was revoked since vouches for nothing: the writer leaves its
// receipts out, and a checker does not take them from anybody else.
func TestImprintReceiptOfRevokedKey(t *testing.T) {
	s, court, f := imprinted(t)
	newer := newKey("court2", court.party)
	s.commit(s.sign(court, pledge.PartyAddKey, pledge.AddKeyBody{Party: court.party, Key: pledge.KeyGrant{JWK: newer.jwk(), Scope: pledge.ScopeAdmin}}))
	s.commit(s.sign(newer, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: court.party, KID: court.kid(), Reason: "LOST"}))
	again := unpack(t, s.writeWith(received{s, []key{court, newer}}))
	r := check(t, again.pack(t, s.exchange), s.trust())
	if !r.OK() || len(r.Received) == 0 || r.Received[0].Party != court.party {
		t.Fatal(text(r))
	}
	name, data := s.receiptFile(court, 1, func(map[string]any) {})
	if again[name] != nil || f[name] == nil {
		t.Error("the revoked key's receipt is in the package, or was not there before")
	}
	again[name] = data
	failsImprint(t, "revoked", check(t, again.pack(t, s.exchange), s.trust()))
}
