package pledge_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata/golden. The files of a version are
// never regenerated once it was in use: a ledger holds such bytes.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is now\n%s\nand was\n%s", path, got, want)
	}
}

// TestGoldenRecords runs one story and compares every kind of record that it
// leaves, and the layout of the keys.
func TestGoldenRecords(t *testing.T) {
	w := newWorld(t)
	shared := file("shared.csv", "shared", 100)
	a := w.notarize(w.owner, "鸟击记录", shared, file("data/a.csv", "a", 80))
	b := w.notarize(w.owner, "kin", shared, file("b.csv", "b", 120))
	w.notarize(w.other, "overlapping", shared, file("c.csv", "c", 900))
	disputed := w.notarize(w.other, "disputed", file("b.csv", "b", 120))
	w.do(w.centre, pledge.AssetRecordCertificate, certificate(b, "2029-01-01"))
	w.do(w.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: w.owner.uscc, Key: pledge.KeyGrant{JWK: w.owner.es256().jwk(), Scope: "operate"}})
	w.do(w.owner, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.owner.uscc, KID: w.owner.es256().kid(), Reason: "lost"})
	x := w.notarize(w.owner, "plain", file("x.csv", "x", 5))
	first := w.active(x, w.bank, terms("ranked", "attest", "value", "scan"))
	second := w.ready(x, w.bank2, terms("ranked"))
	w.do(w.bank, pledge.PledgeConsent, w.agree(second))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(second))
	w.do(w.owner, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: first, Reason: "DEMAND", Proof: doc("paid")})
	w.do(w.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: first, Reason: "PAID", Proof: doc("receipt")})
	rejected := w.pending(x, w.bank, terms("exclusive"))
	w.do(w.centre, pledge.PledgeReject, pledge.EndBody{PledgeID: rejected, Code: pledge.NotOwner, Reason: "<owner> & title"})
	perfected := w.active(w.notarize(w.owner, "perfected"), w.bank, terms("exclusive"))
	w.perfect(w.bank, w.filing(perfected))
	lost := w.command(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("lost")})
	w.apply(lost)

	for name, key := range map[string]string{
		"channel": pledge.KeyChannel(), "party": pledge.KeyParty(w.owner.uscc), "party-member": pledge.KeyParty(w.centre.uscc),
		"asset": pledge.KeyAsset(a), "asset-certificate-kin-disputed": pledge.KeyAsset(b), "asset-disputed": pledge.KeyAsset(disputed), "asset-in-force": pledge.KeyAsset(x),
		"pledge-released": pledge.KeyPledge(first), "pledge-active": pledge.KeyPledge(second), "pledge-rejected": pledge.KeyPledge(rejected),
		"fingerprint": pledge.KeyFingerprint(strings.TrimPrefix(w.asset(a).Fingerprint, "sha256:")), "file": pledge.KeyFile(shared.SHA256),
		"command": pledge.KeyCommand(w.owner.uscc, lost.ID), "command-fenced": pledge.KeyCommand(w.owner.uscc, "cmd_"+sha("lost")),
	} {
		if w.st.kv[key] == nil {
			t.Errorf("%s: nothing under %s", name, key)
			continue
		}
		golden(t, name+".v1.json", w.st.kv[key])
		if !json.Valid(w.st.kv[key]) {
			t.Errorf("%s is not JSON", name)
		}
	}
	golden(t, "pledge-filed.v2.json", w.st.kv[pledge.KeyPledge(perfected)])
	w.perfect(w.notary, w.verification(perfected))
	renewal := w.filing(perfected)
	renewal.Registry, renewal.RegistryName, renewal.TermEnd = "OTHER", "登记平台", "2029-05-21"
	w.perfect(w.bank, renewal)
	golden(t, "pledge-verified-renewal.v2.json", w.st.kv[pledge.KeyPledge(perfected)])
	w.perfect(w.notary, w.verification(perfected))
	w.now = w.now.AddDate(3, 0, 0)
	w.perfect(w.court, pledge.PerfectBody{PledgeID: perfected, Step: "lapse"})
	golden(t, "pledge-lapsed.v2.json", w.st.kv[pledge.KeyPledge(perfected)])
	golden(t, "keys.v1.txt", []byte(keyLayout(w)))
}

func keyLayout(w *world) string {
	var b strings.Builder
	for _, key := range []string{
		pledge.KeyChannel(), pledge.KeyParty(uscc(1)), pledge.KeyAsset("as_x"), pledge.KeyPledge("pl_x"),
		pledge.KeyCommand(uscc(1), "cmd_x"), pledge.KeyFingerprint(sha("x")), pledge.KeyFile(sha("x")),
		pledge.KeyCheckpoint("pledge", 41), pledge.KeyNewestCheckpoint("pledge"),
	} {
		kind, id, ok := pledge.ParseKey(key)
		fmt.Fprintf(&b, "%s\t%s\t%s\t%v\n", key, kind, id, ok)
	}
	return b.String()
}

// TestOldRecordsDecode: what any version wrote is read, and printed the same.
func TestOldRecordsDecode(t *testing.T) {
	read := map[string]func([]byte) (any, error){
		"party":  func(b []byte) (any, error) { return pledge.DecodeParty(b) },
		"asset":  func(b []byte) (any, error) { return pledge.DecodeAsset(b) },
		"pledge": func(b []byte) (any, error) { return pledge.DecodePledge(b) },
	}
	seen := map[string]int{}
	for _, path := range must(filepath.Glob("testdata/golden/*.json")) {
		kind, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".json"), "-")
		kind, _, _ = strings.Cut(kind, ".")
		if read[kind] == nil {
			continue
		}
		seen[kind]++
		raw := must(os.ReadFile(path))
		rec, err := read[kind](raw)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else if again := must(pledge.CanonicalJSON(rec)); !bytes.Equal(again, raw) {
			t.Errorf("%s prints as %s", path, again)
		}
	}
	if seen["party"] < 2 || seen["asset"] < 4 || seen["pledge"] < 6 {
		t.Errorf("golden records: %v", seen)
	}
}

// TestGoldenCommand pins the ids: a record's id must be the same for ever.
func TestGoldenCommand(t *testing.T) {
	w := newWorld(t)
	c := w.command(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: "as_" + strings.Repeat("a", 26), Pledgee: w.bank.uscc, Terms: terms("exclusive", "scan")})
	golden(t, "command.v1.txt", []byte(strings.Join([]string{c.JWS, c.ID, c.RecordID("pl_"), c.KID, digestOf(t, terms("exclusive", "scan")), ""}, "\n")))
}

// TestEveryKeyParses: each key that the rules ever wrote is of the layout.
func TestEveryKeyParses(t *testing.T) {
	w := newWorld(t)
	w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
	kinds := map[string]int{}
	for key := range w.st.kv {
		kind, _, ok := pledge.ParseKey(key)
		if !ok {
			t.Errorf("%s is of no kind", key)
		}
		kinds[kind]++
	}
	if len(kinds) != 7 {
		t.Errorf("kinds %v", kinds)
	}
	for _, bad := range []string{"", "v1", "v1/", "v1/asset", "v1/asset/", "v2/asset/x", "v1/thing/x", "v1/channel/x", "/v1/asset/x"} {
		if kind, id, ok := pledge.ParseKey(bad); ok || kind != "" || id != "" {
			t.Errorf("%q is %s %s", bad, kind, id)
		}
	}
	for id, want := range map[string]string{"as_x": "v1/asset/as_x", "pl_x": "v1/pledge/pl_x", uscc(1): "v1/party/" + uscc(1), "cmd_x": "", "": ""} {
		if got := pledge.RecordKey(id); got != want {
			t.Errorf("record %q is under %q, want %q", id, got, want)
		}
	}
}

// TestRecordsAreStrict: a record that these rules did not write is none.
func TestRecordsAreStrict(t *testing.T) {
	w := newWorld(t)
	good := string(w.st.kv[pledge.KeyParty(w.owner.uscc)])
	for name, bad := range map[string]string{
		"space":            strings.Replace(good, ",", ", ", 1),
		"version":          strings.Replace(good, `"v":1`, `"v":2`, 1),
		"no version":       strings.Replace(good, `,"v":1`, ``, 1),
		"order":            `{"v":1,` + strings.Replace(good[1:], `,"v":1`, ``, 1),
		"unknown":          strings.Replace(good, `{`, `{"a":1,`, 1),
		"empty member":     strings.Replace(good, `,"roles"`, `,"recipient":"","roles"`, 1),
		"escaped letter":   strings.Replace(good, `"enterprise"`, `"\u0065nterprise"`, 1),
		"key out of order": strings.Replace(good, `{"crv":"Ed25519","kty":"OKP"`, `{"kty":"OKP","crv":"Ed25519"`, 1),
		"tail":             good + "\n",
		"cut":              good[:len(good)-1],
	} {
		if bad == good {
			t.Fatalf("%s: nothing changed", name)
		}
		if p, err := pledge.DecodeParty([]byte(bad)); err == nil || p.ID != "" {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := pledge.DecodeParty([]byte(good)); err != nil {
		t.Error(err)
	}
	for bad, want := range map[string]bool{
		`{"count":0,"holders":[],"v":1}`: true, `{"holders":[],"count":0,"v":1}`: false, `{"count":0,"v":1}`: false, `{"count":0,"holders":null,"v":1}`: false,
	} {
		if _, err := pledge.DecodeFile([]byte(bad)); (err == nil) != want {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
