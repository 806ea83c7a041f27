package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/preflight"
)

// custodianOf is a service that sealed a folder, and answers what it found.
func custodianOf(t *testing.T, folder string, o preflight.Options) (*liar, *client.Sealed) {
	t.Helper()
	found, err := owner.Reading{Preflight: o}.Folder(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	m := found.Manifest
	sealed := &client.Sealed{Fingerprint: m.Fingerprint(), Files: filesOf(m), CustodyReceipt: "a.b.c"}
	sealed.Receipt = pledge.ReceiptBody{Fingerprint: m.Fingerprint(), Owner: "91350100M000100Y43", Preflight: &found.Examined}
	return &liar{answers: map[string]any{
		"POST /v1/uploads":               client.Upload{ID: "u1", Preflight: true},
		"PUT /v1/uploads/u1/files/a.csv": `{"complete":true}`,
		"POST /v1/uploads/u1/seal":       sealed,
		"DELETE /v1/uploads/u1":          `{}`,
	}}, sealed
}

// notarizing runs asset notarize on a clean table, against a custodian who
// found the same, or what the test makes of it.
func notarizing(t *testing.T, change func(*liar, *client.Sealed), args ...string) (code, signed int, text string) {
	t.Helper()
	dir := t.TempDir()
	written(t, filepath.Join(dir, "data", "a.csv"), "x,y\n1,2\n")
	written(t, filepath.Join(dir, "consent.json"), ownData)
	written(t, filepath.Join(dir, "paper.txt"), "a paper\n")
	written(t, filepath.Join(dir, "own.json"), `{"consent":{"basis":"own","documents":["paper.txt"]},"exclusion":{"report":"paper.txt","result":"pass","signed_by":""},`+
		`"quality":{"report":"paper.txt","scores":{"completeness":null,"uniqueness":null,"validity":null,"consistency":null,"timeliness":null}}}`)
	consent, err := preflight.LoadConsent(filepath.Join(dir, "consent.json"))
	if err != nil {
		t.Fatal(err)
	}
	l, sealed := custodianOf(t, filepath.Join(dir, "data"), preflight.Options{Consent: consent})
	change(l, sealed)
	t.Chdir(dir)
	code, text = runAgainst(t, l, append([]string{"asset", "notarize", "data", "-name", "N"}, args...)...)
	return code, l.signed, text
}

// The owner signs only what the custodian found as well, and is told what it
// found differently.
func TestCustodianMustFindTheSame(t *testing.T) {
	for want, change := range map[string]func(*client.Sealed){
		"": func(s *client.Sealed) { s.Receipt.Preflight.Sketch = "sha256:of the custodian's" },
		"the exclusion report of the custodian: stated is sha256:0, found here is sha256:": func(s *client.Sealed) { s.Receipt.Preflight.Exclusion = "sha256:0" },
		"the findings of the custodian: stated is quality/x/0":                             func(s *client.Sealed) { s.Receipt.Preflight.Findings = []string{"quality/x/0"} },
		"the custodian did not examine what it sealed":                                     func(s *client.Sealed) { s.Receipt.Preflight = nil },
	} {
		code, signed, text := notarizing(t, func(_ *liar, s *client.Sealed) { change(s) }, "-consent", "consent.json")
		switch {
		case want == "" && signed != 1:
			t.Errorf("the same was found, and nothing signed: exit %d: %s", code, text)
		case want != "" && (signed != 0 || code != exitFault || !strings.Contains(text, want) || !strings.Contains(text, "nothing was signed")):
			t.Errorf("%s: exit %d, %d signed: %s", want, code, signed, text)
		}
	}
}

// A custodian that does not examine gets the owner's own word, and nobody
// answers for findings that nobody signs for.
func TestCustodianThatDoesNotExamine(t *testing.T) {
	var custodian *liar
	blind := func(l *liar, s *client.Sealed) {
		custodian = l
		l.answers["POST /v1/uploads"], s.Receipt.Preflight = client.Upload{ID: "u1"}, nil
	}
	if code, signed, text := notarizing(t, blind, "-consent", "consent.json"); code != exitUsage || signed != 0 || !strings.Contains(text, "-declaration is needed") {
		t.Errorf("without a declaration: exit %d, %d signed: %s", code, signed, text)
	}
	if custodian.forgotten != 1 {
		t.Error("an upload that was begun in vain was left behind")
	}
	override := []string{"-declaration", "own.json", "-override", "exclusion/email/000000000000=why", "-capacity", "data officer"}
	if code, signed, text := notarizing(t, blind, override...); code != exitUsage || signed != 0 || !strings.Contains(text, "no finding to override") {
		t.Errorf("with an override: exit %d, %d signed: %s", code, signed, text)
	}
	if code, signed, text := notarizing(t, blind, "-declaration", "own.json"); signed != 1 {
		t.Errorf("its own word: exit %d, %d signed: %s", code, signed, text)
	}
}

// An upload of an earlier run is gone on with, whatever the custodian does.
func TestGoingOnWithAnUpload(t *testing.T) {
	same := func(*liar, *client.Sealed) {}
	if code, signed, text := notarizing(t, same, "-consent", "consent.json", "-upload", "u1"); signed != 1 {
		t.Errorf("exit %d, %d signed: %s", code, signed, text)
	}
	broken := func(l *liar, _ *client.Sealed) { l.answers["POST /v1/uploads/u1/seal"] = os.DevNull }
	if code, signed, text := notarizing(t, broken, "-consent", "consent.json"); code == 0 || signed != 0 || !strings.Contains(text, "-upload u1 to go on") {
		t.Errorf("exit %d, %d signed: %s", code, signed, text)
	}
}
